import { conventionalAttributes, conventionalEvents, conventionalMetrics } from './conventions.ts';
import { type Attribute, readRegistry, type SpanGroup } from './registry.ts';

type Values = Readonly<Record<string, unknown>>;

/** The validated part of an exported span. */
export interface RecordedSpan {
  name: string;
  kind: string;
  service: string;
  attributes: Values;
  status: { code: string };
  events: ReadonlyArray<{ name: string; attributes: Values }>;
  links: ReadonlyArray<{ attributes: Values }>;
  resource: Values;
  scope: string;
  scopeVersion: string;
  schemaUrl: string;
}

/** The validated part of an exported log record. */
export interface RecordedLog {
  service: string;
  severityText: string;
  /** Undefined for a line that is not an event: its attributes are the line's fields. */
  eventName?: string;
  attributes: Values;
  resource: Values;
  scope: string;
  scopeVersion: string;
  schemaUrl: string;
}

/** An exported metric. */
export interface MeasuredMetric {
  name: string;
  unit: string;
  /** Attribute names of all its data points. */
  attributes: readonly string[];
  scope: string;
  scopeVersion: string;
  schemaUrl: string;
}

const registry = readRegistry();
const IDENTITY = [
  ...['service.name', 'service.namespace', 'service.version', 'service.instance.id'],
  'deployment.environment.name',
];

/** Lists violations of the registry and the published conventions in a span, one sentence each. */
export function judgeSpan(span: RecordedSpan): string[] {
  const group = registry.spans.find((candidate) => isOf(span, candidate));
  const attributes = [span, ...span.events, ...span.links].flatMap((part) => judgeAttributes(part.attributes));
  const problems = [
    ...(group ? judgeAgainst(group, span) : ['the registry does not define its kind']),
    ...attributes,
    ...judgeResource(span.resource),
  ];
  if ('error.type' in span.attributes !== (span.status.code === 'ERROR')) {
    problems.push(`its error.type is ${span.attributes['error.type']}, but its status is ${span.status.code}`);
  }
  return [...problems, ...judgeScope(span)].map((problem) => `${span.service}: ${span.kind} ${span.name}: ${problem}`);
}

/** Lists violations in a log record, as `judgeSpan` does. */
export function judgeLog(record: RecordedLog): string[] {
  const { eventName, service, resource } = record;
  const problems = [...(eventName ? judgeEvent(eventName, record) : []), ...judgeResource(resource)];
  return [...problems, ...judgeScope(record)].map(
    (problem) => `${service}: ${eventName ?? 'a log record'}: ${problem}`,
  );
}

function judgeEvent(eventName: string, { attributes, severityText }: RecordedLog): string[] {
  if (conventionalEvents.has(eventName)) return judgeAttributes(attributes);
  const group = registry.events.find(({ name, annotations }) => name === eventName && annotations);
  if (!group) return ['the registry does not define this log event'];
  const declared = new Set(group.attributes.map(({ ref }) => ref));
  const missing = group.attributes.filter((one) => one.requirement_level === 'required' && !(one.ref in attributes));
  const severity = group.annotations?.log.severity;
  return [
    ...Object.keys(attributes)
      .filter((name) => !declared.has(name))
      .map((name) => `${group.id} does not declare ${name}`),
    ...missing.map(({ ref }) => `it has no ${ref}`),
    ...(severityText === severity ? [] : [`its severity is ${severityText}, not ${severity}`]),
    ...judgeAttributes(attributes),
  ];
}

function judgeResource(resource: Values): string[] {
  const missing = IDENTITY.filter((name) => !(name in resource));
  return [...judgeAttributes(resource), ...missing.map((name) => `its resource has no ${name}`)];
}

function judgeScope({ scope, scopeVersion, schemaUrl }: Pick<RecordedSpan, 'scope' | 'scopeVersion' | 'schemaUrl'>) {
  return [
    ...(scopeVersion ? [] : [`the scope ${scope} has no version`]),
    ...(schemaUrl ? [] : [`the scope ${scope} has no schema URL`]),
  ];
}

/** A group matches by its kind and its required attributes. */
function isOf({ kind, attributes }: RecordedSpan, group: SpanGroup): boolean {
  if (group.span_kind.toUpperCase() !== kind) return false;
  return group.attributes.every(({ ref, requirement_level }) => requirement_level !== 'required' || ref in attributes);
}

function judgeAgainst(group: SpanGroup, { attributes, events }: RecordedSpan): string[] {
  const declared = new Set(group.attributes.map(({ ref }) => ref));
  const undeclared = Object.keys(attributes).filter((name) => !declared.has(name) && !declared.has(templateOf(name)));
  const known = new Set(['exception', ...group.events.map((id) => id.replace(/^event\./, ''))]);
  const unknown = events.filter(({ name }) => !known.has(name));
  return [
    ...undeclared.map((name) => `${group.id} does not declare ${name}`),
    ...unknown.map(({ name }) => `${group.id} does not declare the event ${name}`),
  ];
}

function judgeAttributes(attributes: Values): string[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    const ours = registry.attributes.get(name) ?? registry.attributes.get(templateOf(name));
    if (ours)
      return isOfType(ours, value)
        ? []
        : [`${name} is ${JSON.stringify(value)}, which does not have the attribute's type`];
    return conventionalAttributes.has(name) ? [] : [`neither the registry nor the conventions define ${name}`];
  });
}

/** `hotel.baggage.channel` is defined by `hotel.baggage`. */
function templateOf(name: string): string {
  const prefix = name.slice(0, Math.max(0, name.lastIndexOf('.')));
  return registry.attributes.get(prefix)?.type === 'template[string]' ? prefix : '';
}

function isOfType({ type }: Attribute, value: unknown): boolean {
  if (typeof type !== 'string') return type.members.some((member) => member.value === value);
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value);
    case 'double':
      return typeof value === 'number';
    default:
      return typeof value === 'string';
  }
}

/** Lists violations in a metric, as `judgeSpan` does. */
export function judgeMetric({ name, unit, attributes, ...scope }: MeasuredMetric): string[] {
  const unknown = attributes.filter((one) => !registry.attributes.has(one) && !conventionalAttributes.has(one));
  const problems = [
    ...unknown.map((one) => `neither the registry nor the conventions define ${one}`),
    ...judgeScope(scope),
  ].map((one) => `${name}: ${one}`);
  const ours = registry.metrics.find(({ metric_name }) => metric_name === name);
  if (!ours)
    return conventionalMetrics.has(name)
      ? problems
      : [`neither the registry nor the conventions define the metric ${name}`, ...problems];
  const declared = new Set(ours.attributes.map(({ ref }) => ref));
  return [
    ...problems,
    ...attributes.filter((one) => !declared.has(one)).map((one) => `${name} does not declare ${one}`),
    ...(unit === ours.unit ? [] : [`the unit of ${name} is ${unit}, not ${ours.unit}`]),
  ];
}
