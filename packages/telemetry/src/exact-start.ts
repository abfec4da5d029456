import { type Context, diag } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { now } from './clock.ts';

/** A start that is further away was given by whoever made the span, and is right. */
const GIVEN_MS = 2;

/**
 * Sets the start of every span to the microsecond. The SDK starts them at whole milliseconds, so the statements of one
 * transaction would all begin at once and stand in any order, and a command might begin before the span it is below. What
 * the SDK measures from the start (the end, the events) is exact already and moves along.
 */
export class ExactStart implements SpanProcessor {
  onStart(span: Span, _parent: Context): void {
    const [seconds, nanoseconds] = span.startTime;
    const exact = now();
    const differenceMs = (exact[0] - seconds) * 1_000 + (exact[1] - nanoseconds) / 1e6;
    if (Math.abs(differenceMs) > GIVEN_MS) return;
    // The type says read-only of what others may do; this is the only moment before anybody has read it.
    if (!Reflect.set(span, 'startTime', exact)) diag.warn('spans start at whole milliseconds: the SDK has changed');
  }

  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}
