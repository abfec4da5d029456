import type { Attributes, SpanEvent } from '../model.ts';

/** Jaeger sorts its output: attributes by key, events by time. `raw` keeps the received order. */
export interface Order {
  attributes(attributes: Attributes): Attributes;
  events(events: readonly SpanEvent[]): readonly SpanEvent[];
}

export const RAW: Order = { attributes: (attributes) => attributes, events: (events) => events };

export const SORTED: Order = {
  attributes({ keys, values }) {
    const order = keys.map((_key, index) => index).sort((a, b) => compare(keys[a] ?? '', keys[b] ?? ''));
    return { keys: order.map((index) => keys[index] ?? ''), values: order.map((index) => values[index] ?? {}) };
  },
  events: (events) => events.toSorted((a, b) => compare(a.timeNano, b.timeNano)),
};

const compare = <T extends string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
