import { SEVERITIES } from '../model-logs.ts';
import type { LogQuery } from '../store/logs/log-search.ts';
import { BadParameter, parseInteger, parseTraceId } from './params.ts';

export const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 5000;

/** Reads `service`, `severity`, `text`, `trace`, `span`, `after`, `before` and `limit`. Throws BadParameter. */
export function parseLogsQuery(params: URLSearchParams): LogQuery {
  const text = (name: string): string => params.get(name)?.trim() ?? '';
  const whole = (name: string, least: bigint, most: bigint): number | undefined => {
    if (text(name) === '') return undefined;
    const value = parseInteger(text(name), 64);
    if (value !== undefined && value >= least && value <= most) return Number(value);
    throw new BadParameter(`${name} is ${JSON.stringify(text(name))}: write a whole number from ${least} to ${most}`);
  };
  const severity = SEVERITIES.find((name) => name === text('severity').toLowerCase());
  if (severity === undefined && text('severity') !== '') {
    throw new BadParameter(`severity is ${JSON.stringify(text('severity'))}: write one of ${SEVERITIES.join(', ')}`);
  }
  const traceId = text('trace') === '' ? '' : parseTraceId(text('trace'));
  if (traceId === undefined) {
    throw new BadParameter(`trace is ${JSON.stringify(text('trace'))}: write a trace id of 1 to 32 hex digits`);
  }
  const sequence = (name: string): number | undefined => whole(name, 0n, BigInt(Number.MAX_SAFE_INTEGER));
  return {
    service: text('service'),
    severity,
    text: text('text'),
    traceId,
    spanId: text('span').toLowerCase(),
    after: sequence('after'),
    before: sequence('before'),
    limit: whole('limit', 1n, BigInt(MAX_LIMIT)) ?? DEFAULT_LIMIT,
  };
}
