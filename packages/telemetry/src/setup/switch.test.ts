import { describe, expect, it } from 'vitest';
import { samplingFollowsParent, telemetryEnabled } from './switch.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4317' };

describe('telemetry', () => {
  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [endpoint, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, false],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://localhost:4318/v1/traces' }, true],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://localhost:4318/v1/metrics' }, false],
    [{ OTEL_TRACES_EXPORTER: 'console' }, true],
    [{ OTEL_TRACES_EXPORTER: 'otlp,console' }, true],
    [{ OTEL_TRACES_EXPORTER: '' }, false],
    [{ OTEL_TRACES_EXPORTER: '', ...endpoint }, true],
    [{ OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_TRACES_EXPORTER: ' none ', ...endpoint }, false],
    [{ OTEL_SDK_DISABLED: 'true', ...endpoint }, false],
    [{ OTEL_SDK_DISABLED: ' TRUE ', OTEL_TRACES_EXPORTER: 'console' }, false],
    [{ OTEL_SDK_DISABLED: 'false', ...endpoint }, true],
    // Only "true" is true: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    [{ OTEL_SDK_DISABLED: '1', ...endpoint }, true],
    [{ OTEL_SERVICE_NAME: 'dispo', OTEL_TRACES_SAMPLER: 'always_on' }, false],
  ])('with %j is on: %s', (env, expected) => {
    expect(telemetryEnabled(env)).toBe(expected);
  });
});

describe('sampling', () => {
  it.each<[string | undefined, boolean]>([
    [undefined, true],
    ['', true],
    ['parentbased_always_on', true],
    [' parentbased_traceidratio ', true],
    ['always_on', false],
    ['always_off', false],
    ['traceidratio', false],
  ])('by %j follows the parent: %s', (sampler, expected) => {
    expect(samplingFollowsParent({ OTEL_TRACES_SAMPLER: sampler })).toBe(expected);
  });
});
