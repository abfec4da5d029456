import { type Context, diag } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { timeOf } from './clock.ts';

/**
 * Sets the start of every span with microsecond resolution. The SDK uses whole milliseconds: the statements of a
 * transaction would all start at once and sort arbitrarily, and a command might start before its parent. The end and the
 * events are measured from the start, are exact already, and shift with it.
 */
export class ExactStart implements SpanProcessor {
  onStart(span: Span, _parent: Context): void {
    // An explicit start time is kept.
    if (Reflect.get(span, '_startTimeProvided') === true) return;
    // Not the current time: the process may have paused since the span was created.
    const madeAt: unknown = Reflect.get(span, '_performanceStartTime');
    const exact = timeOf(typeof madeAt === 'number' ? madeAt : performance.now());
    // `startTime` is read-only for good reason; nothing has read it yet at this point.
    if (!Reflect.set(span, 'startTime', exact)) diag.warn('spans start at whole milliseconds: the SDK has changed');
  }

  onEnd(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}
