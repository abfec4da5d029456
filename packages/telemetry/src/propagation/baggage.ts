import { type Attributes, type Context, propagation } from '@opentelemetry/api';
import { ATTR_BAGGAGE } from '../attributes.ts';

const MAX_VALUE_LENGTH = 128;

/**
 * Callers can send any baggage. All of it is propagated, but only the keys in `HOTEL_BAGGAGE_ATTRIBUTES`
 * (comma-separated, default `channel`) are recorded on spans.
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
