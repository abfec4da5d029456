import { html } from 'hono/html';
import type { Ports } from '../../config.ts';
import type { AllStats } from '../../store/stores.ts';
import { type Html, storeState } from '../layout.ts';
import { importForm } from './import.ts';

/** Instructions for sending the first span. */
export function emptyStore(ports: Ports, hostname: string, stats: AllStats): Html {
  const curl = `curl ${hostname}:${ports.otlpHttp}/v1/traces -H 'content-type: application/json' -d '{"resourceSpans": [{
  "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "hello"}}]},
  "scopeSpans": [{"spans": [{"traceId": "5b8aa5a2d2c872e8321cf37308d69df2", "spanId": "051581bf3cb55c13", "name": "first span",
    "kind": 1, "startTimeUnixNano": "'$(date +%s)'000000000", "endTimeUnixNano": "'$(date +%s)'250000000"}]}]}]}'`;
  return html`<section class="message">
<h2>No spans yet</h2>
<p>This page shows them as soon as they arrive. Point an OpenTelemetry exporter here:</p>
<table class="plain">
<tr><th>OTLP over gRPC</th><td><code>OTEL_EXPORTER_OTLP_ENDPOINT=http://${hostname}:${ports.otlpGrpc}</code></td></tr>
<tr><th>OTLP over HTTP, protobuf or JSON</th><td><code>OTEL_EXPORTER_OTLP_ENDPOINT=http://${hostname}:${ports.otlpHttp}</code></td></tr>
</table>
<p>Or send one by hand:</p>
<pre>${curl}</pre>
<p>Or import traces from files:</p>
${importForm()}
</section>${storeState(stats)}`;
}
