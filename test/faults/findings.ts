/** What a round has brought to light, a sentence for each thing. All three lists are empty when every promise was kept. */
export interface Findings {
  /** Acknowledged, and not there. */
  lost: string[];
  /** There, or done, more often than asked for. */
  duplicated: string[];
  /** Anything else that must not be. */
  wrong: string[];
}

export function createFindings(): Findings {
  return { lost: [], duplicated: [], wrong: [] };
}
