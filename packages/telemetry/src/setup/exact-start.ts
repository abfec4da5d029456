import { type Context, diag } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { timeOf } from './clock.ts';

/**
 * Sets the start of every span to the microsecond. The SDK starts them at whole milliseconds, so the statements of one
 * transaction would all begin at once and stand in any order, and a command might begin before the span it is below. What
 * the SDK measures from the start (the end, the events) is exact already and moves along.
 */
export class ExactStart implements SpanProcessor {
  onStart(span: Span, _parent: Context): void {
    // A start that was given by whoever made the span is right.
    if (Reflect.get(span, '_startTimeProvided') === true) return;
    // Not now: a process may be put to sleep between the making of a span and this.
    const madeAt: unknown = Reflect.get(span, '_performanceStartTime');
    const exact = timeOf(typeof madeAt === 'number' ? madeAt : performance.now());
    // The type says read-only of what others may do; this is the only moment before anybody has read it.
    if (!Reflect.set(span, 'startTime', exact)) diag.warn('spans start at whole milliseconds: the SDK has changed');
  }

  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}
