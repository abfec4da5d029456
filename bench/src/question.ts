/** One question, answered by measuring the real processes. */
export type Question = { question: string } & (
  | { answer(): Promise<Figure[]> }
  /** Of a package that answers for itself: a script, from the repository's root, that prints its own figures. */
  | { script: string }
);

export interface Figure {
  figure: string;
  /** The median where there are several. */
  value: number;
  /** What it should be, for people. */
  budget?: string;
  /** Every measurement. */
  spread: number[];
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
