import { context, createContextKey, createNoopMeter, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode } from '@opentelemetry/core';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { countDroppedSpans } from './dropped-spans.ts';
import { guardExporter, guardProcessor } from './guard.ts';
import { telemetryState } from './state.ts';

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterEach(() => telemetryState.dropped.clear());

it("a processor's error does not reach the traced program", async () => {
  const fail = () => {
    throw new Error('broken');
  };
  const broken: SpanProcessor = {
    onStart: fail,
    onEnding: fail,
    onEnd: fail,
    forceFlush: fail,
    shutdown: async () => {},
  };
  const ended: ReadableSpan[] = [];
  const working = {
    ...broken,
    onStart: () => {},
    onEnding: () => {},
    onEnd: (span: ReadableSpan) => void ended.push(span),
  };
  const provider = new TracerProvider({ spanProcessors: [guardProcessor(broken), guardProcessor(working)] });
  provider.getTracer('test').startSpan('span').end();
  expect(ended.map(({ name }) => name)).toEqual(['span']);
  await provider.shutdown();
});

it('an exporter that throws fails, and its spans are counted as dropped', async () => {
  const broken: SpanExporter = {
    export: () => {
      throw new TypeError('broken');
    },
    shutdown: async () => {},
  };
  const { meterProvider } = countDroppedSpans({ getMeter: createNoopMeter }, () => {});
  const processor = new BatchSpanProcessor({ exporter: guardExporter(broken), selfObsMeterProvider: meterProvider });
  const provider = new TracerProvider({ spanProcessors: [processor] });
  provider.getTracer('test').startSpan('span').end();
  await provider.forceFlush().catch(() => {});
  expect([...telemetryState.dropped]).toEqual([['TypeError', 1]]);
  await provider.shutdown();
});

it('an exporter runs outside the context that filled the batch', async () => {
  const key = createContextKey('request');
  const exporter: SpanExporter = {
    export: (_spans, done) => {
      exported(context.active().getValue(key));
      done({ code: ExportResultCode.SUCCESS });
    },
    shutdown: async () => {},
  };
  const exported = vi.fn();
  const provider = new TracerProvider({
    spanProcessors: [new BatchSpanProcessor({ exporter: guardExporter(exporter), maxExportBatchSize: 1 })],
  });
  context.with(ROOT_CONTEXT.setValue(key, 'a request'), () => provider.getTracer('test').startSpan('span').end());
  await vi.waitFor(() => expect(exported).toHaveBeenCalledOnce(), { timeout: 20_000 });
  expect(exported).toHaveBeenCalledWith(undefined);
  await provider.shutdown();
});
