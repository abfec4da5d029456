/** A map that evicts its oldest entry when a new one would exceed `max`. */
export class BoundedMap<K, V> extends Map<K, V> {
  private readonly max: number;

  constructor(max: number) {
    super();
    this.max = max;
  }

  override set(key: K, value: V): this {
    // Deleted first, so that a rewritten entry counts as new.
    this.delete(key);
    super.set(key, value);
    if (this.size > this.max) {
      const [oldest] = this.keys();
      this.delete(oldest as K);
    }
    return this;
  }
}
