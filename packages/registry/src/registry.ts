import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const REGISTRY = join(import.meta.dirname, '../../../telemetry/registry');

const stability = z.literal(['development', 'stable']);
const member = z.strictObject({ id: z.string(), value: z.string(), stability, brief: z.string() });
const attributeSchema = z.strictObject({
  id: z.string().regex(/^[a-z]+(\.[a-z_]+)*$/),
  type: z.union([
    z.literal(['string', 'int', 'double', 'boolean', 'template[string]']),
    z.strictObject({ members: z.array(member) }),
  ]),
  stability,
  brief: z.string().endsWith('.'),
  note: z.string().endsWith('.').optional(),
  examples: z.array(z.union([z.string(), z.number()])).optional(),
});
const refSchema = z.strictObject({
  ref: z.string(),
  requirement_level: z.literal('required').optional(),
  note: z.string().optional(),
});
const common = { id: z.string(), stability, brief: z.string(), attributes: z.array(refSchema).default([]) };
const groupSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('attribute_group'),
    id: z.string(),
    display_name: z.string(),
    brief: z.string().endsWith('.'),
    attributes: z.array(attributeSchema),
  }),
  z.strictObject({
    ...common,
    type: z.literal('span'),
    span_kind: z.literal(['server', 'client', 'producer', 'consumer', 'internal']),
    events: z.array(z.string()).default([]),
    annotations: z.object({ code_generation: z.object({ exclude: z.boolean() }) }).optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('event'),
    name: z.string().regex(/^[a-z]+(\.[a-z_]+)+$/),
    // Set for events that are logged.
    annotations: z.strictObject({ log: z.strictObject({ severity: z.literal(['info', 'warn', 'error']) }) }).optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('metric'),
    metric_name: z.string(),
    instrument: z.literal(['counter', 'updowncounter', 'gauge', 'histogram']),
    unit: z.string(),
  }),
]);
const fileSchema = z.strictObject({ groups: z.array(groupSchema) });

type Group = z.infer<typeof groupSchema>;
type GroupOf<Type extends Group['type']> = Extract<Group, { type: Type }>;
export type Attribute = z.infer<typeof attributeSchema>;
export type SpanGroup = GroupOf<'span'>;
type EventGroup = GroupOf<'event'>;

/** The content of `telemetry/registry`, in the format of OpenTelemetry Weaver. */
export interface Registry {
  attributeGroups: GroupOf<'attribute_group'>[];
  spans: SpanGroup[];
  events: EventGroup[];
  metrics: GroupOf<'metric'>[];
  /** Attributes of all groups, by id. */
  attributes: ReadonlyMap<string, Attribute>;
}

/** @throws ZodError when a file does not have this format; Error that names a duplicate id */
export function readRegistry(): Registry {
  const files = globSync('*.yaml', { cwd: REGISTRY, exclude: ['registry_manifest.yaml'] }).sort();
  const groups = files.flatMap((file) => fileSchema.parse(parse(readFileSync(join(REGISTRY, file), 'utf8'))).groups);
  const of = <Type extends Group['type']>(type: Type) =>
    groups.filter((group): group is GroupOf<Type> => group.type === type);
  const attributeGroups = of('attribute_group');
  const attributes = attributeGroups.flatMap((group) => group.attributes);
  const ids = [...groups, ...attributes].map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice) throw new Error(`telemetry/registry defines ${twice} twice`);
  return {
    attributeGroups,
    spans: of('span'),
    events: of('event'),
    metrics: of('metric'),
    attributes: new Map(attributes.map((attribute) => [attribute.id, attribute])),
  };
}
