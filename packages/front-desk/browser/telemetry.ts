/**
 * OpenTelemetry in the browser: the load of the document, the requests of the page with `traceparent`, and its web
 * vitals. The page works without this script: `actions.ts` uses the API alone, whose spans do nothing until then.
 */
import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { DocumentLoadInstrumentation } from '@opentelemetry/instrumentation-document-load';
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch';
import { BatchSpanProcessor, StackContextManager, TracerProvider } from '@opentelemetry/sdk-trace';
import { reportWebVitals } from './web-vitals.ts';

const provider = new TracerProvider({
  spanProcessors: [
    new BatchSpanProcessor({
      exporter: new OTLPTraceExporter({ url: `${location.origin}/front-desk/v1/traces`, timeoutMillis: 5_000 }),
      // Spans beyond these are dropped: a page must not collect them while its hotel is away.
      maxQueueSize: 200,
      // As many as fit into a body of 64 KiB.
      maxExportBatchSize: 40,
      scheduledDelayMillis: 500,
      exportTimeoutMillis: 5_000,
    }),
  ],
});
trace.setGlobalTracerProvider(provider);
// The current span as long as a function runs, but not across `await`: browsers have nothing for that.
context.setGlobalContextManager(new StackContextManager().enable());
propagation.setGlobalPropagator(new W3CTraceContextPropagator());

const OWN = /\/front-desk\/(updates|v1\/)/;
registerInstrumentations({
  instrumentations: [
    // Continues the trace of the request for the page, which the page names in `<meta name="traceparent">`.
    new DocumentLoadInstrumentation({ ignoreNetworkEvents: true, ignorePerformancePaintEvents: true }),
    new FetchInstrumentation({
      ...{ ignoreUrls: [OWN], ignoreNetworkEvents: true },
      // The instrumentation marks responses from 400 on as errors, but no request without a response.
      applyCustomAttributesOnSpan(span, _, result) {
        if (result instanceof Response) return;
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute('error.type', result instanceof Error ? result.name : 'network');
      },
    }),
  ],
});
const flushVitals = reportWebVitals();

// The last moment at which a page is certain to run.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) return;
  void provider.forceFlush();
  void flushVitals();
});
