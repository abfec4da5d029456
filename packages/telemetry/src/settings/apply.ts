import { readFileSync } from 'node:fs';
import { logsEnabled } from '../setup/switch.ts';
import { ignoredSettings } from './ignored.ts';
import { type Environment, NO_LIMIT } from './kinds.ts';
import { settings } from './table.ts';

/** Set by Kubernetes' OpenTelemetry operator to compose the other variables. */
const HELPERS = /^OTEL_RESOURCE_ATTRIBUTES_\w+$|^OTEL_(?:POD|NODE)_IP$/;
/** Set by Kubernetes in every pod for a Service whose name begins with `otel`. */
const SERVICE_LINKS = /^OTEL_\w*(?:SERVICE_HOST|SERVICE_PORT\w*|PORT|PORT_\d+_(?:TCP|UDP|SCTP)\w*)$/;

/**
 * Validates all telemetry settings in place: an invalid value is treated as unset, because a wrong telemetry setting
 * must not prevent a service from starting. Later readers of the environment, such as the SDK, see valid values only.
 * @returns a sentence per problem, which names the variable and contains no secret.
 */
export function applySettings(env: Environment): string[] {
  const problems: string[] = [];
  const report = (name: string, problem: string) => void problems.push(`${name}: ${problem}`);

  for (const { name, kind } of settings) {
    const value = env[name]?.trim();
    if (!value) {
      delete env[name];
      continue;
    }
    const reading = kind.read(value, name, env);
    if (reading.value === undefined) delete env[name];
    else env[name] = reading.value;
    for (const problem of reading.problems) report(name, problem);
  }
  checkTogether(env, report);
  for (const { name, because } of ignoredSettings) {
    if (env[name]?.trim()) report(name, `it has no effect: ${because.replaceAll('`', '')}`);
  }
  const known = new Set([...settings, ...ignoredSettings].map(({ name }) => name));
  for (const name of Object.keys(env)) {
    if (name.startsWith('OTEL_') && !known.has(name) && !HELPERS.test(name) && !SERVICE_LINKS.test(name))
      report(name, 'it is unknown and has no effect');
  }
  return problems;
}

/** Checks values that are valid individually but not in combination. */
function checkTogether(env: Environment, report: (name: string, problem: string) => void): void {
  checkBatch('OTEL_BSP', 'spans', '32768', env, report);
  checkBatch('OTEL_BLRP', 'log records', '2048', env, report);
  const { OTEL_METRIC_EXPORT_TIMEOUT: limit, OTEL_METRIC_EXPORT_INTERVAL: interval = '60000' } = env;
  if (limit && limit !== NO_LIMIT && Number(limit) > Number(interval)) {
    report('OTEL_METRIC_EXPORT_TIMEOUT', `it is longer than the interval between exports; ${interval} is used`);
    env.OTEL_METRIC_EXPORT_TIMEOUT = interval;
  }
  if (env.OTEL_TRACES_SAMPLER_ARG && !/(traceidratio|probability)$/.test(env.OTEL_TRACES_SAMPLER ?? '')) {
    report('OTEL_TRACES_SAMPLER_ARG', 'it has no effect: the sampler in OTEL_TRACES_SAMPLER has no ratio');
  }
  if (env.OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN && !logsEnabled(env)) {
    const name = 'OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN';
    report(name, 'exceptions remain span events, because OTEL_LOGS_EXPORTER exports no logs');
    delete env[name];
  }
  for (const signal of ['', 'TRACES_', 'METRICS_', 'LOGS_'])
    checkClientCertificate(`OTEL_EXPORTER_OTLP_${signal}`, env, report);
}

function checkBatch(
  prefix: string,
  items: string,
  defaultQueue: string,
  env: Environment,
  report: (name: string, problem: string) => void,
): void {
  const name = `${prefix}_MAX_EXPORT_BATCH_SIZE`;
  const batch = env[name];
  const queue = env[`${prefix}_MAX_QUEUE_SIZE`] ?? defaultQueue;
  if (!batch || Number(batch) <= Number(queue)) return;
  report(name, `a batch of ${batch} ${items} is larger than the queue; ${queue} is used`);
  env[name] = queue;
}

function checkClientCertificate(
  prefix: string,
  env: Environment,
  report: (name: string, problem: string) => void,
): void {
  const certificate = env[`${prefix}CLIENT_CERTIFICATE`];
  const key = env[`${prefix}CLIENT_KEY`];
  if (!certificate && !key) return;
  try {
    if (!certificate || !key) throw new Error('one of them is missing');
    const pair = { cert: readFileSync(certificate), key: readFileSync(key) };
    process.getBuiltinModule('node:tls').createSecureContext(pair);
  } catch {
    const name = `${prefix}CLIENT_${key ? 'KEY' : 'CERTIFICATE'}`;
    report(name, `${prefix}CLIENT_CERTIFICATE and ${prefix}CLIENT_KEY do not match; no client certificate is sent`);
    delete env[`${prefix}CLIENT_CERTIFICATE`];
    delete env[`${prefix}CLIENT_KEY`];
  }
}
