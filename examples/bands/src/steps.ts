/**
 * The walkthrough has six steps; each value is the first step with that feature. Before `reviewsFound` the code is
 * wrong on purpose.
 */
export const FROM = {
  bandsTraced: 2,
  callerTraced: 3,
  reviewsTraced: 4,
  reviewsInParallel: 5,
  reviewsFound: 6,
} as const;

export const LAST_STEP = 6;
