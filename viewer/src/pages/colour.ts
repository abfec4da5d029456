const COLOURS = 16;

/** The class of a service's colour: the same name has the same colour on every page, in every run. */
export function colourClass(service: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < service.length; index++) {
    hash = Math.imul(hash ^ service.charCodeAt(index), 0x01000193);
  }
  // FNV-1a leaves the low bits of similar names alike: mix the high ones in.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return `c${((hash ^ (hash >>> 13)) >>> 0) % COLOURS}`;
}
