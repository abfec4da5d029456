/** Findings of a round, one sentence each. All three lists are empty when every guarantee held. */
export interface Findings {
  /** Acknowledged, but missing. */
  lost: string[];
  /** Present, or done, more often than requested. */
  duplicated: string[];
  /** Any other violation. */
  wrong: string[];
}

export function createFindings(): Findings {
  return { lost: [], duplicated: [], wrong: [] };
}
