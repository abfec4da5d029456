import {
  type Baggage,
  type BaggageEntry,
  baggageEntryMetadataFromString,
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { trimOws } from './ows.ts';

/** The specification requires at least 64 members and 8,192 bytes; its previous version required 180 members. */
const MAX_MEMBERS = 180;
const MAX_LENGTH = 8_192;
const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const OCTETS = '[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]*';
const PAIR = new RegExp(`^(${TOKEN})[ \\t]*=[ \\t]*(${OCTETS})$`);
const PROPERTY = new RegExp(`^${TOKEN}(?:[ \\t]*=[ \\t]*${OCTETS})?$`);

/** Received text, which is forwarded unchanged unless the program changes it. */
const headers = new WeakMap<Baggage, string>();
const members = new WeakMap<BaggageEntry, string>();

/**
 * W3C Baggage. The SDK's propagator loses empty values and duplicates, and re-encodes what it forwards. Only invalid
 * members are dropped. https://www.w3.org/TR/baggage/
 */
export class W3CBaggage implements TextMapPropagator {
  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = getter.get(carrier, 'baggage');
    if (!header) return context;
    const baggage = parse(Array.isArray(header) ? header.join(',') : header);
    return baggage ? propagation.setBaggage(context, baggage) : context;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const baggage = propagation.getBaggage(context);
    if (!baggage || isTracingSuppressed(context)) return;
    const header = headers.get(baggage) ?? joined(baggage.getAllEntries().flatMap(memberOf));
    if (header) setter.set(carrier, 'baggage', header);
  }

  fields(): string[] {
    return ['baggage'];
  }
}

function parse(header: string): Baggage | undefined {
  const entries: Record<string, BaggageEntry> = Object.create(null);
  const valid = header.split(',').flatMap((part) => {
    const member = trimOws(part);
    const [pair = '', ...properties] = member.split(';').map(trimOws);
    const [, key, value = ''] = PAIR.exec(pair) ?? [];
    if (key === undefined || !properties.every((property) => PROPERTY.test(property))) return [];
    const metadata = properties.length > 0 ? { metadata: baggageEntryMetadataFromString(properties.join(';')) } : {};
    const entry = { value: decoded(value), ...metadata };
    members.set(entry, member);
    entries[key] = entry;
    return member;
  });
  if (valid.length === 0) return undefined;
  const baggage = propagation.createBaggage(entries);
  headers.set(baggage, joined(valid));
  return baggage;
}

/** Joins as many members as allowed, in order. */
function joined(list: string[]): string {
  let header = '';
  let count = 0;
  for (const member of list) {
    if (count === MAX_MEMBERS) break;
    if (header.length + member.length + 1 > MAX_LENGTH + (header ? 0 : 1)) continue;
    header += header ? `,${member}` : member;
    count++;
  }
  return header;
}

/** An entry as a member: as received, or encoded if the program set it. Empty if it cannot be encoded. */
function memberOf([key, entry]: [string, BaggageEntry]): string[] {
  const received = members.get(entry);
  if (received !== undefined) return [received];
  const pair = `${key}=${encodeURIComponent(entry.value.toWellFormed())}`;
  const properties = entry.metadata?.toString().split(';').map(trimOws).filter(Boolean) ?? [];
  if (!PAIR.test(pair) || !properties.every((property) => PROPERTY.test(property))) return [];
  return [[pair, ...properties].join(';')];
}

/** Invalid UTF-8 becomes U+FFFD; a percent sign that does not start an octet stays. */
function decoded(value: string): string {
  if (!value.includes('%')) return value;
  return value.replace(/(?:%[0-9A-Fa-f]{2})+/g, (octets) => Buffer.from(octets.replaceAll('%', ''), 'hex').toString());
}
