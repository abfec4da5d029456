import { type Attributes, type Context, propagation } from '@opentelemetry/api';
import { ATTR_BAGGAGE } from '../attributes.ts';

const MAX_VALUE_LENGTH = 128;

/**
 * Baggage is whatever a caller likes to send. It travels on to everybody, but only the keys that
 * `HOTEL_BAGGAGE_ATTRIBUTES` names (comma-separated, default `channel`) are written into spans.
 */
const allowedKeys = (process.env.HOTEL_BAGGAGE_ATTRIBUTES ?? 'channel').split(',').map((key) => key.trim());

/** `hotel.baggage.<key>` for each allow-listed key in the context. */
export function baggageAttributes(context: Context): Attributes {
  const baggage = propagation.getBaggage(context);
  if (!baggage) return {};
  const attributes: Attributes = {};
  for (const key of allowedKeys) {
    const entry = baggage.getEntry(key);
    if (entry) attributes[ATTR_BAGGAGE(key)] = entry.value.slice(0, MAX_VALUE_LENGTH);
  }
  return attributes;
}
