import { type Attributes, NO_ATTRIBUTES, type Value } from '../../model.ts';

const MAX_TEXTS = 8192;
const MAX_KEY_LISTS = 1024;
const MAX_SIGNATURE = 2048;
const MAX_POOLED_LENGTH = 48;

/** Interns repeated strings (names, keys, short values) and lists of keys. */
export class Pool {
  private readonly texts = new Map<string, string>();
  private readonly keyLists = new Map<string, readonly string[]>();

  text(text: string): string {
    if (text.length > MAX_POOLED_LENGTH) return text;
    const pooled = this.texts.get(text);
    if (pooled !== undefined) return pooled;
    // Clearing suffices as a bound: strings still in use are added again at once.
    if (this.texts.size >= MAX_TEXTS) this.texts.clear();
    this.texts.set(text, text);
    return text;
  }

  attributes(keys: string[], values: Value[]): Attributes {
    if (keys.length === 0) return NO_ATTRIBUTES;
    const signature = keys.join('\0');
    const pooled = this.keyLists.get(signature);
    if (pooled?.length === keys.length) return { keys: pooled, values };
    if (this.keyLists.size >= MAX_KEY_LISTS) this.keyLists.clear();
    if (signature.length < MAX_SIGNATURE) this.keyLists.set(signature, keys);
    return { keys, values };
  }
}
