import { context, propagation, type SpanContext, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { defaultResource } from '@opentelemetry/resources';
import {
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SamplingDecision,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace';
import { afterEach, beforeAll, vi } from 'vitest';
import { httpPropagator } from '../src/propagation/http.ts';
import { propagateInMessages } from '../src/propagation/propagation.ts';
import { withSafeSpans } from '../src/setup/safe-spans.ts';
import { telemetryState } from '../src/setup/state.ts';
import { withTrueThreshold } from '../src/setup/threshold.ts';
import { createTracerProvider } from '../src/spans/tracer.ts';

export interface TestSdk {
  /** Whether traces that start here are sampled; reset to true after each test. */
  sampleNewTraces: boolean;
  /** Whether leaf spans come from templates, as with the OTLP exporter alone; reset to false after each test. */
  useTemplates: boolean;
  /** Ended spans of this test, oldest first. */
  spans(): ReadableSpan[];
  /** Waits for at least `count` spans: a SERVER span may end after its response has been read. */
  atLeast(count: number): Promise<ReadableSpan[]>;
}

/** The setup of `register.ts` for tests: the real SDK, with spans kept in memory. */
export function startSdk(): TestSdk {
  const exporter = new InMemorySpanExporter();
  const sdk: TestSdk = {
    sampleNewTraces: true,
    get useTemplates() {
      return telemetryState.exportLeaf !== undefined;
    },
    set useTemplates(use) {
      telemetryState.exportLeaf = use ? (span) => exporter.export([span], () => {}) : undefined;
    },
    spans: () => exporter.getFinishedSpans(),
    atLeast: (count) =>
      vi.waitFor(
        () => {
          const spans = exporter.getFinishedSpans();
          if (spans.length < count) throw new Error(`${spans.length} of ${count} spans have ended`);
          return spans;
        },
        { timeout: 20_000, interval: 5 },
      ),
  };
  const root = {
    shouldSample: () => ({
      decision: sdk.sampleNewTraces ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
    }),
    toString: () => 'as the test decides',
  };
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  beforeAll(async () => void propagation.setGlobalPropagator(await httpPropagator(['tracecontext', 'baggage'])));
  propagateInMessages();
  const provider = createTracerProvider({
    resource: defaultResource(),
    sampler: withTrueThreshold(new ParentBasedSampler({ root }), true),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  trace.setGlobalTracerProvider(withSafeSpans(provider));
  telemetryState.enabled = true;
  afterEach(() => {
    exporter.reset();
    sdk.sampleNewTraces = true;
    sdk.useTemplates = false;
  });
  return sdk;
}

/** Runs `work` inside a span, as a request would, and returns the span's context. */
export async function insideOfASpan<T>(work: () => T | Promise<T>): Promise<{ parent: SpanContext; result: T }> {
  const span = trace.getTracer('test').startSpan('parent');
  try {
    const result = await context.with(trace.setSpan(context.active(), span), work);
    return { parent: span.spanContext(), result };
  } finally {
    span.end();
  }
}
