import type { Reply } from './client.ts';

/** Legitimate rejections: a lost race, or a room that is not ready. */
const EXPECTED_CONFLICTS = /:(room_taken|room_occupied|room_not_clean|booking_changed_meanwhile)$/;

/** Whether the operation may have taken effect. 503 means that it has not, unless the connection to the database was lost. */
export function isUncertain(reply: Reply): boolean {
  if (reply.kind !== 'answered') return reply.kind === 'unknown';
  if (reply.status !== 503) return reply.status >= 500;
  return /:database_unreachable$/.test(typeOf(reply));
}

function typeOf(reply: Reply & { kind: 'answered' }): string {
  return String((reply.body as { type?: unknown } | undefined)?.type);
}

export function isExpectedConflict(reply: Reply & { kind: 'answered' }): boolean {
  return reply.status === 409 && EXPECTED_CONFLICTS.test(typeOf(reply));
}
