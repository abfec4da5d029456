import { type Json, object } from './json-fields.ts';
import { MalformedError } from './reader.ts';

/**
 * Finds the ExportTraceServiceRequests in a text, including downloaded forms: Jaeger's API v3 wraps the request in
 * `result`, Tempo names its list `batches`, and a collector's file has one request per line.
 */
export function requestsIn(body: string): Json[] {
  return documentsIn(body).map((document) => {
    const json = object(document, 'the request');
    const request =
      json.resourceSpans === undefined && json.result !== undefined ? object(json.result, 'result') : json;
    return request.batches === undefined ? request : { resourceSpans: request.batches };
  });
}

function documentsIn(body: string): unknown[] {
  try {
    return [JSON.parse(body)];
  } catch (error) {
    const lines = body.split('\n').filter((line) => line.trim() !== '');
    const reason = error instanceof Error ? error.message : String(error);
    if (lines.length < 2) throw new MalformedError(`not JSON: ${reason}`);
    return lines.map((line) => {
      try {
        return JSON.parse(line);
      } catch {
        throw new MalformedError(`not JSON, and not one JSON object a line: ${reason}`);
      }
    });
  }
}
