import { expect, it } from 'vitest';
import { acceptsOpenMetrics } from './accept.ts';

const PROMETHEUS_2 =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';
const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

it.each([
  ['Prometheus 2', PROMETHEUS_2],
  ['Prometheus 3', PROMETHEUS_3],
  ['the type alone', 'application/openmetrics-text'],
  ['a quoted version', 'Application/OpenMetrics-Text; version="1.0.0"'],
  ['equal qualities', 'text/plain, application/openmetrics-text'],
])('a client that sends %s gets OpenMetrics', (_, accept) => {
  expect(acceptsOpenMetrics(accept)).toBe(true);
});

it.each([
  ['no header', undefined],
  ['an empty header', ''],
  ['a wildcard, as curl does', '*/*'],
  ['what a browser sends', 'text/html,application/xhtml+xml,*/*;q=0.8'],
  ['a quality of 0', 'application/openmetrics-text;q=0'],
  ['an unreadable quality', 'application/openmetrics-text;q=high'],
  ['a quality above 1', 'application/openmetrics-text;q=9'],
  ['a version that does not exist', 'application/openmetrics-text;version=9.0.0'],
  ['a higher quality for text', 'application/openmetrics-text;q=0.3,text/plain;q=0.5'],
  ['only separators', ';,;=,'],
])('a client that sends %s gets the text format', (_, accept) => {
  expect(acceptsOpenMetrics(accept)).toBe(false);
});
