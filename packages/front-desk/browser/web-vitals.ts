import { SeverityNumber } from '@opentelemetry/api';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import {
  ATTR_BROWSER_WEB_VITAL_DELTA,
  ATTR_BROWSER_WEB_VITAL_ID,
  ATTR_BROWSER_WEB_VITAL_NAME,
  ATTR_BROWSER_WEB_VITAL_NAVIGATION_TYPE,
  ATTR_BROWSER_WEB_VITAL_RATING,
  ATTR_BROWSER_WEB_VITAL_VALUE,
  EVENT_BROWSER_WEB_VITAL,
} from '@opentelemetry/semantic-conventions/incubating';
import { type Metric, onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';

/**
 * Reports web vitals as log events: https://opentelemetry.io/docs/specs/semconv/browser/events/. Not by
 * `@opentelemetry/browser-instrumentation`, which does the same for version 2 of the SDK.
 * @returns a function that sends what has been reported
 */
export function reportWebVitals(): () => Promise<void> {
  const provider = new LoggerProvider({
    processors: [
      new BatchLogRecordProcessor({
        exporter: new OTLPLogExporter({ url: `${location.origin}/front-desk/v1/logs`, timeoutMillis: 5_000 }),
        maxQueueSize: 50,
        maxExportBatchSize: 20,
        scheduledDelayMillis: 500,
        exportTimeoutMillis: 5_000,
      }),
    ],
  });
  const logger = provider.getLogger('front-desk', '1.0.0');
  const report = ({ name, value, delta, rating, id, navigationType }: Metric) =>
    logger.emit({
      eventName: EVENT_BROWSER_WEB_VITAL,
      severityNumber: SeverityNumber.INFO,
      attributes: {
        [ATTR_BROWSER_WEB_VITAL_NAME]: name.toLowerCase(),
        [ATTR_BROWSER_WEB_VITAL_VALUE]: value,
        [ATTR_BROWSER_WEB_VITAL_DELTA]: delta,
        [ATTR_BROWSER_WEB_VITAL_RATING]: rating,
        [ATTR_BROWSER_WEB_VITAL_ID]: id,
        [ATTR_BROWSER_WEB_VITAL_NAVIGATION_TYPE]: navigationType,
      },
    });
  for (const observe of [onCLS, onFCP, onINP, onLCP, onTTFB]) observe(report);
  return () => provider.forceFlush();
}
