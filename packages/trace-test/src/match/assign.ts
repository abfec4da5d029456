/**
 * Maximum bipartite matching (augmenting paths): pairs as many of `left` with one of `right` each as `fits` allows. A shape
 * that fits many spans does not take the only one that fits another shape. The result is indexed like `left`.
 */
export function assign<Left, Right>(
  left: readonly Left[],
  right: readonly Right[],
  fits: (left: Left, right: Right) => boolean,
): Map<number, Right> {
  const owner = new Map<Right, number>();
  const candidates = left.map((one) => right.filter((other) => fits(one, other)));
  const place = (index: number, tried: Set<Right>): boolean => {
    for (const candidate of candidates[index] ?? []) {
      if (tried.has(candidate)) continue;
      tried.add(candidate);
      const before = owner.get(candidate);
      if (before === undefined || place(before, tried)) {
        owner.set(candidate, index);
        return true;
      }
    }
    return false;
  };
  for (const index of left.keys()) place(index, new Set());
  return new Map([...owner].map(([other, index]) => [index, other]));
}
