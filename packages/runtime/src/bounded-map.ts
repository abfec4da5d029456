/** A map that forgets the oldest entry when a new one would make it larger than `max`. */
export class BoundedMap<K, V> extends Map<K, V> {
  private readonly max: number;

  constructor(max: number) {
    super();
    this.max = max;
  }

  override set(key: K, value: V): this {
    // Taken out first, so that an entry that is written again counts as new.
    this.delete(key);
    super.set(key, value);
    if (this.size > this.max) {
      const [oldest] = this.keys();
      this.delete(oldest as K);
    }
    return this;
  }
}
