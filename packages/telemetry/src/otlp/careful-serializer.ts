import type { ISerializer } from '@opentelemetry/otlp-transformer';

/** The part of a collector's response that reports rejected items. */
interface ExportResponse {
  partialSuccess?: {
    rejectedSpans?: number | string | null;
    rejectedLogRecords?: number | string | null;
    errorMessage?: string;
  };
}

type Serializer<Item> = ISerializer<Item[], ExportResponse>;

/** Receives the number of items that will never be delivered. @param detail the collector's message, for the log. */
export type OnDrop = (count: number, reason: string, detail?: string) => void;

interface Options<Item> {
  /** Tried first; may throw. If undefined, every request is checked item by item. */
  fast?: Serializer<Item>;
  /** Writes the request without the items that a collector would reject. */
  thorough: Serializer<Item>;
  /** Why a collector would reject the batch for this item. May throw on items that break the API's types. */
  flawOf?: (item: Item) => string | undefined;
  onDrop: OnDrop;
}

/**
 * A serializer that drops and counts items that cannot be encoded, where others throw: nothing catches a serializer's
 * error during an export, and a collector rejects a whole batch for one id of the wrong length. It also counts the
 * items that a collector rejects in a partial success.
 */
export function createCarefulSerializer<Item>({ fast, thorough, flawOf, onDrop }: Options<Item>): Serializer<Item> {
  let largestRequest = 0;

  function hasNoFlaw(item: Item): boolean {
    const flaw = flawIn(item);
    if (flaw) onDrop(1, flaw);
    return !flaw;
  }

  function flawIn(item: Item): string | undefined {
    try {
      const flaw = flawOf?.(item);
      if (!flaw) thorough.serializeRequest([item]);
      return flaw;
    } catch {
      return 'not_serializable';
    }
  }

  return {
    serializeRequest(items) {
      largestRequest = Math.max(largestRequest, items.length);
      try {
        if (fast) return fast.serializeRequest(items);
      } catch {
        // The code below finds the item.
      }
      return thorough.serializeRequest(items.filter(hasNoFlaw));
    },
    deserializeResponse(data) {
      const { partialSuccess } = thorough.deserializeResponse(data);
      const { rejectedSpans, rejectedLogRecords, errorMessage } = partialSuccess ?? {};
      // A faulty collector must not report more items than were sent.
      const rejected = Math.min(Number(rejectedSpans ?? rejectedLogRecords ?? 0), largestRequest);
      if (rejected > 0) onDrop(rejected, 'rejected', errorMessage);
      // Emptied, because the SDK would log it once per batch.
      return {};
    },
  };
}
