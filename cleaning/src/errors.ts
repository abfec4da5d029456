/** Reasons to reject a well-formed request. `app.ts` maps each to a response. */
export type ErrorCode = 'task_not_found' | 'guest_not_gone';

export class DomainError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'DomainError';
    this.code = code;
  }
}
