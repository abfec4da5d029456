import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { conventionalAttributes } from './conventions.ts';
import { generated } from './generated.ts';
import { judgeLog, judgeMetric, judgeSpan, type RecordedLog, type RecordedSpan } from './judge.ts';
import { readRegistry } from './registry.ts';

const registry = readRegistry();

it.each(generated())('$file is up to date with the registry; otherwise run `pnpm generate`', ({ file, content }) => {
  expect(readFileSync(file, 'utf8')).toBe(content);
});

it('every referenced attribute is defined by the registry or the published conventions', () => {
  const refs = [...registry.spans, ...registry.events, ...registry.metrics].flatMap(({ attributes }) => attributes);
  expect(refs.length).toBeGreaterThan(20);
  const unknown = refs.filter(({ ref }) => !registry.attributes.has(ref) && !conventionalAttributes.has(ref));
  expect(unknown).toEqual([]);
});

it('no attribute of the registry has a name from the published conventions', () => {
  expect([...registry.attributes.keys()].filter((id) => conventionalAttributes.has(id))).toEqual([]);
});

it('every event is on a span or in the log, and its id contains its name', () => {
  const onSpans = new Set(registry.spans.flatMap((span) => span.events));
  expect(registry.events.filter(({ id, annotations }) => !onSpans.has(id) && !annotations)).toEqual([]);
  expect(registry.events.filter(({ id, name }) => id !== `event.${name}`)).toEqual([]);
});

it('every event that a span declares is defined', () => {
  const events = new Set(registry.events.map(({ id }) => id));
  expect(registry.spans.flatMap((span) => span.events).filter((id) => !events.has(id))).toEqual([]);
});

it('the schema URL of the code and the version in the manifest match the installed conventions', () => {
  const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8');
  const { version } = JSON.parse(read('../node_modules/@opentelemetry/semantic-conventions/package.json'));
  expect(read('../../telemetry/src/scope.ts')).toContain(`https://opentelemetry.io/schemas/${version}'`);
  expect(read('../../../telemetry/registry/registry_manifest.yaml')).toContain(`/v${version}.zip[model]`);
});

const statement: RecordedSpan = {
  ...{ name: 'COMMIT', kind: 'CLIENT', service: 'dispo', status: { code: 'UNSET' }, events: [], links: [] },
  ...{ scope: '@hotel/telemetry', scopeVersion: '1.0.0', schemaUrl: 'https://opentelemetry.io/schemas/1.45.0' },
  attributes: {
    ...{ 'db.system.name': 'sqlite', 'db.namespace': 'dispo' },
    ...{ 'db.query.summary': 'COMMIT', 'db.query.text': 'COMMIT', 'hotel.commit.writes': 3 },
  },
  resource: {
    ...{ 'service.name': 'dispo', 'service.namespace': 'hotel', 'service.version': '1', 'service.instance.id': 'a' },
    'deployment.environment.name': 'test',
  },
};
const withAttributes = (attributes: object): Partial<RecordedSpan> => ({
  attributes: { ...statement.attributes, ...attributes },
});

it('a span that follows the registry and the conventions has no violations', () => {
  expect(judgeSpan(statement)).toEqual([]);
});

it.each<[string, Partial<RecordedSpan>, RegExp]>([
  ['an undefined attribute', withAttributes({ 'hotel.colour': 'red' }), /conventions define hotel\.colour/],
  ['an attribute of another kind of span', withAttributes({ 'http.route': '/' }), /does not declare http\.route/],
  ['a value of another type', withAttributes({ 'hotel.commit.writes': '3' }), /does not have the attribute's type/],
  ['error.type without ERROR', withAttributes({ 'error.type': 'x' }), /error\.type is x, but its status is UNSET/],
  ['ERROR without error.type', { status: { code: 'ERROR' } }, /error\.type is undefined/],
  ['an undefined event', { events: [{ name: 'done', attributes: {} }] }, /does not declare the event done/],
  [
    'a link with an undefined reason',
    { links: [{ attributes: { 'hotel.link.reason': 'x' } }] },
    /does not have the attribute's type/,
  ],
  ['another kind', { kind: 'INTERNAL' }, /does not define its kind/],
  ['no schema URL', { schemaUrl: '' }, /no schema URL/],
  ['a scope without a version', { scopeVersion: '' }, /no version/],
  ['a resource without a version', { resource: { 'service.name': 'dispo' } }, /no service\.version/],
])('a span with %s is reported', (_what, change, problem) => {
  expect(judgeSpan({ ...statement, ...change }).join('\n')).toMatch(problem);
});

const bookingMade: RecordedLog = {
  ...{ service: 'cleaning-worker', severityText: 'info', eventName: 'hotel.booking.made' },
  attributes: { 'hotel.booking.id': 1, 'hotel.booking.revision': 1, 'hotel.room.number': '101' },
  ...{ resource: statement.resource, scope: statement.scope },
  ...{ scopeVersion: statement.scopeVersion, schemaUrl: statement.schemaUrl },
};

it('a log event that follows the registry, and a line that is not an event, have no violations', () => {
  expect(judgeLog(bookingMade)).toEqual([]);
  const { eventName: _, ...line } = bookingMade;
  expect(judgeLog({ ...line, attributes: { anything: 1 } })).toEqual([]);
  const exception = { eventName: 'http.server.request.exception', attributes: { 'exception.type': 'Error' } };
  expect(judgeLog({ ...bookingMade, ...exception })).toEqual([]);
});

it.each<[string, Partial<RecordedLog>, RegExp]>([
  ['an undefined name', { eventName: 'hotel.booking.eaten' }, /does not define this log event/],
  ['the name of a span event', { eventName: 'message.received' }, /does not define this log event/],
  ['an undeclared attribute', { attributes: { ...bookingMade.attributes, room: 1 } }, /does not declare room/],
  ['a missing attribute', { attributes: {} }, /has no hotel\.booking\.id/],
  ['another severity', { severityText: 'warn' }, /its severity is warn, not info/],
  [
    'a value of another type',
    { attributes: { ...bookingMade.attributes, 'hotel.booking.id': 'x' } },
    /attribute's type/,
  ],
  ['a resource without a version', { resource: { 'service.name': 'dispo' } }, /no service\.version/],
])('a log event with %s is reported', (_what, change, problem) => {
  expect(judgeLog({ ...bookingMade, ...change }).join('\n')).toMatch(problem);
});

it('a metric is accepted only with its unit and its attributes', () => {
  const { scope, scopeVersion, schemaUrl } = statement;
  const depth = { name: 'hotel.outbox.depth', unit: '{event}', attributes: [], scope, scopeVersion, schemaUrl };
  expect(judgeMetric(depth)).toEqual([]);
  expect(judgeMetric({ ...depth, unit: '1' })).toHaveLength(1);
  expect(judgeMetric({ ...depth, attributes: ['db.namespace'] })).toHaveLength(1);
  expect(judgeMetric({ ...depth, name: 'hotel.outbox.width' })).toHaveLength(1);
  expect(judgeMetric({ ...depth, schemaUrl: '' })).toHaveLength(1);
  const duration = { ...depth, name: 'db.client.operation.duration', unit: 's', attributes: ['db.namespace'] };
  expect(judgeMetric(duration)).toEqual([]);
});
