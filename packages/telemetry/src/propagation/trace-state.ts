import type { TraceState } from '@opentelemetry/api';
import { trimOws } from './ows.ts';

const MAX_MEMBERS = 32;
/** The specification requires at least 512 characters. */
const MAX_LENGTH = 8_192;
/** Longer members are removed first. */
const LONG_MEMBER = 128;
const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

type Member = readonly [key: string, value: string];

/**
 * W3C `tracestate` level 2. The SDK's class accepts level 1 keys, and drops only the invalid member or the 33rd one; the
 * specification discards such a list as a whole. https://www.w3.org/TR/trace-context-2/#tracestate-header
 */
export class TraceStateLevel2 implements TraceState {
  private readonly members: readonly Member[];

  private constructor(members: readonly Member[]) {
    this.members = members;
  }

  /** @returns undefined for an empty or invalid list. */
  static parse(header: string): TraceStateLevel2 | undefined {
    const members = new Map<string, string>();
    let count = 0;
    for (const part of header.split(',')) {
      const member = trimOws(part);
      if (member === '') continue;
      const end = member.indexOf('=');
      const key = member.slice(0, Math.max(end, 0));
      const value = member.slice(end + 1);
      if (!KEY.test(key) || !VALUE.test(value) || ++count > MAX_MEMBERS) return undefined;
      // Of two members with the same key, the first is the newest.
      if (!members.has(key)) members.set(key, value);
    }
    return members.size > 0 ? new TraceStateLevel2(shortened([...members])) : undefined;
  }

  get(key: string): string | undefined {
    return this.members.find(([known]) => known === key)?.[1];
  }

  set(key: string, value: string): TraceStateLevel2 {
    if (!KEY.test(key) || !VALUE.test(value)) return this;
    const others = this.members.filter(([known]) => known !== key);
    return new TraceStateLevel2(shortened([[key, value], ...others.slice(0, MAX_MEMBERS - 1)]));
  }

  unset(key: string): TraceStateLevel2 {
    return new TraceStateLevel2(this.members.filter(([known]) => known !== key));
  }

  serialize(): string {
    return this.members.map(([key, value]) => `${key}=${value}`).join(',');
  }
}

/** Removes long members first, then those at the end: https://www.w3.org/TR/trace-context-2/#tracestate-limits */
function shortened(members: Member[]): Member[] {
  const kept = [...members];
  const lengthOf = ([key, value]: Member) => key.length + value.length + 2;
  let length = kept.reduce((sum, member) => sum + lengthOf(member), -1);
  while (length > MAX_LENGTH) {
    const index = kept.findLastIndex((member) => lengthOf(member) - 1 > LONG_MEMBER);
    const [removed] = kept.splice(index, 1);
    length -= removed ? lengthOf(removed) : length;
  }
  return kept;
}
