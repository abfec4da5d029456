/** What can be wrong with a request that is well-formed. `app.ts` says what each is on the wire. */
export type ErrorCode = 'task_not_found' | 'guest_not_gone';

export class DomainError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'DomainError';
    this.code = code;
  }
}
