interface Entry<T> {
  key: number;
  order: number;
  value: T;
}

/** A priority queue: `pop` returns the value with the smallest key, and of equal keys the oldest. */
export class PriorityQueue<T> {
  private readonly heap: Entry<T>[] = [];
  private pushed = 0;

  get first(): { key: number } | undefined {
    return this.heap[0];
  }

  push(key: number, value: T): void {
    const { heap } = this;
    const entry = { key, order: this.pushed++, value };
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent])) break;
      heap[at] = heap[parent] as Entry<T>;
      at = parent;
    }
    heap[at] = entry;
  }

  pop(): T | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first?.value;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      const other = heap[child + 1];
      if (other && isBefore(other, heap[child])) child++;
      if (!isBefore(heap[child] as Entry<T>, last)) break;
      heap[at] = heap[child] as Entry<T>;
      at = child;
    }
    heap[at] = last;
    return first?.value;
  }
}

function isBefore(one: Entry<unknown>, other: Entry<unknown> | undefined): boolean {
  return other !== undefined && (one.key < other.key || (one.key === other.key && one.order < other.order));
}
