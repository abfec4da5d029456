const COLOURS = 16;

/** The colour class of a service, the same on every page and in every run. */
export function colourClass(service: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < service.length; index++) {
    hash = Math.imul(hash ^ service.charCodeAt(index), 0x01000193);
  }
  // FNV-1a gives similar names similar low bits; mix in the high ones.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return `c${((hash ^ (hash >>> 13)) >>> 0) % COLOURS}`;
}
