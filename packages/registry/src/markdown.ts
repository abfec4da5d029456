import type { Attribute, Registry } from './registry.ts';

/** `docs/telemetry.md`. */
export function renderMarkdown({ attributeGroups, spans, events, metrics }: Registry): string {
  const onSpans = new Set(spans.flatMap((span) => span.events));
  return [
    '# Spans, events, attributes and metrics',
    '',
    '<!-- Generated from telemetry/registry by `pnpm generate`. -->',
    '',
    'Names follow the [OpenTelemetry semantic conventions](https://opentelemetry.io/docs/specs/semconv/)',
    '1.45. Names that these do not define are in [`telemetry/registry`](../telemetry/registry), in the format',
    'of [OpenTelemetry Weaver](https://github.com/open-telemetry/weaver). A test compares every span, log',
    'event and metric of the whole-system tests with both.',
    '',
    '## Spans',
    '',
    'Every span of a kind has the attributes in **bold**.',
    '',
    table(
      ['kind', 'operation', 'attributes'],
      spans.map(({ span_kind, brief, attributes }) => [span_kind.toUpperCase(), brief, refs(attributes)]),
    ),
    '',
    '## Span events',
    '',
    table(
      ['event', 'meaning', 'attributes'],
      [
        ...events
          .filter(({ id }) => onSpans.has(id))
          .map(({ name, brief, attributes }) => [code(name), brief, refs(attributes)]),
        [code('exception'), 'An error, without the values that libraries attach to errors.', 'as in the conventions'],
      ],
    ),
    '',
    '## Log events',
    '',
    'Lines of the log with an `event_name`. [Logs](logs.md) describes how they are exported.',
    '',
    table(
      ['event', 'severity', 'meaning', 'attributes'],
      events.flatMap(({ name, brief, attributes, annotations }) =>
        annotations ? [[code(name), annotations.log.severity, brief, refs(attributes)]] : [],
      ),
    ),
    '',
    '## Our own metrics',
    '',
    '[Metrics](metrics.md) lists all metrics and what each of them answers.',
    '',
    table(
      ['metric', 'instrument', 'unit', 'meaning', 'attributes'],
      metrics.map(({ metric_name, instrument, unit, brief, attributes }) => [
        ...[code(metric_name), instrument, code(unit)],
        ...[`${brief}.`, refs(attributes)],
      ]),
    ),
    '',
    '## Our own attributes',
    ...attributeGroups.flatMap(({ display_name, brief, attributes }) => [
      '',
      `### ${display_name}`,
      '',
      brief,
      '',
      table(['attribute', 'type', 'meaning', 'examples'], attributes.map(attributeRow)),
    ]),
    '',
  ].join('\n');
}

function attributeRow({ id, type, brief, note, examples = [] }: Attribute): string[] {
  const meaning = note ? `${brief} ${note}` : brief;
  if (typeof type !== 'string') {
    const members = type.members.map((member) => `${code(member.value)}: ${member.brief}`);
    return [code(id), 'enum', `${meaning} ${members.join(' ')}`, ''];
  }
  const name = type === 'template[string]' ? `${id}.<key>` : id;
  const shown = examples.map((one) => code(String(one))).join(', ');
  return [code(name), type.replace(/template\[(.*)\]/, '$1'), meaning, shown];
}

function refs(attributes: ReadonlyArray<{ ref: string; requirement_level?: string | undefined }>): string {
  return attributes
    .map(({ ref, requirement_level }) => (requirement_level === 'required' ? `**${code(ref)}**` : code(ref)))
    .join(', ');
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |');
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
