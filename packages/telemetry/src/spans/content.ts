import type { Attributes, AttributeValue, Exception, Link } from '@opentelemetry/api';
import { AddAttributeDecision, cleanAttributes, maybeAddAttribute } from '@opentelemetry/core';
import type { SpanLimits } from '@opentelemetry/sdk-trace';
import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from '@opentelemetry/semantic-conventions';

type Limits = Required<SpanLimits>;

/** Attributes within the limits, with valid values only. */
export interface Cleaned {
  attributes: Attributes;
  count: number;
  /** Attributes that did not fit, and invalid ones from the start of the span. */
  dropped: number;
}

/** Cleans the attributes that a span starts with. */
export function cleanAll(given: Attributes, limits: Limits): Cleaned {
  const cleaned: Cleaned = { attributes: {}, count: 0, dropped: 0 };
  for (const key in given) {
    const value = given[key];
    if (value === undefined && Object.hasOwn(given, key)) continue;
    const fits = cleaned.count < limits.attributeCountLimit && Object.hasOwn(given, key);
    if (!fits || !isPlain(key, value, limits)) {
      // The SDK cleans them all: what follows may count as dropped.
      const { attributes = {}, droppedAttributesCount = 0 } = cleanAttributes(given, limits);
      return { attributes, count: Object.keys(attributes).length, dropped: droppedAttributesCount };
    }
    cleaned.attributes[key] = value;
    cleaned.count++;
  }
  return cleaned;
}

/** Sets one attribute later. */
export function setCleaned(cleaned: Cleaned, key: string, value: AttributeValue | undefined, limits: Limits): void {
  const { attributes, count } = cleaned;
  if (isPlain(key, value, limits) && count < limits.attributeCountLimit) {
    if (!Object.hasOwn(attributes, key)) cleaned.count++;
    attributes[key] = value;
    return;
  }
  const decision = maybeAddAttribute({ key, value, attributes, limits, currentAttributesCount: count });
  if (decision === AddAttributeDecision.ADD_NEW) cleaned.count++;
  if (decision === AddAttributeDecision.DROP_LIMIT_REACHED) cleaned.dropped++;
}

export function cleanLink({ context, attributes }: Link, limits: Limits): Link {
  if (!attributes) return { context };
  const { attributePerLinkCountLimit: attributeCountLimit, attributeValueLengthLimit } = limits;
  return { context, ...cleanAttributes(attributes, { attributeCountLimit, attributeValueLengthLimit }) };
}

/** Attributes of an `exception` event; undefined for an exception with neither a type nor a message. */
export function attributesOf(exception: Exception): Attributes | undefined {
  const { code, name, message, stack } = typeof exception === 'string' ? { message: exception } : exception;
  const type = code ? code.toString() : name;
  if (!type && !message) return undefined;
  return {
    ...(type ? { [ATTR_EXCEPTION_TYPE]: type } : {}),
    ...(message ? { [ATTR_EXCEPTION_MESSAGE]: message } : {}),
    ...(stack ? { [ATTR_EXCEPTION_STACKTRACE]: stack } : {}),
  };
}

/** Nearly all attributes; the SDK checks the others thoroughly, at several times the cost. */
function isPlain(key: string, value: unknown, { attributeValueLengthLimit }: Limits): boolean {
  if (typeof value === 'string') return key.length > 0 && value.length <= attributeValueLengthLimit;
  return key.length > 0 && (typeof value === 'number' || typeof value === 'boolean');
}
