const OPEN_METRICS = 'application/openmetrics-text';
const TEXT = 'text/plain';
/** The versions of OpenMetrics whose readers understand 1.0.0. */
const READABLE = [undefined, '0.0.1', '1.0.0'];

/** Whether an `Accept` header names OpenMetrics, and does not prefer Prometheus' text format. */
export function acceptsOpenMetrics(accept = ''): boolean {
  const ranges = accept.split(',').map(rangeOf);
  const quality = (type: string) => Math.max(0, ...ranges.flatMap((range) => (range.type === type ? range.q : [])));
  return quality(OPEN_METRICS) > 0 && quality(OPEN_METRICS) >= quality(TEXT);
}

/** A media range of https://www.rfc-editor.org/rfc/rfc9110#name-accept; an unreadable quality is 0. */
function rangeOf(text: string): { type: string; q: number } {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
  const parameters = new Map(rest.map((part) => part.split('=', 2).map((one) => one.trim()) as [string, string]));
  const q = Number(parameters.get('q') ?? 1);
  const isReadable = type !== OPEN_METRICS || READABLE.includes(parameters.get('version')?.replaceAll('"', ''));
  return { type, q: isReadable && q <= 1 ? q : 0 };
}
