/** A query that waits for its server. Only the driver of a transaction knows what is in it. */
export type Request = object;

/**
 * One step of a transaction: `const room = yield* statements.findRoom(id)`. It does nothing until it is run by
 * `yield*`. On SQLite the value is there at once; on PostgreSQL the step yields a request to the driver of the
 * transaction, which sends it and resumes the step with the response.
 */
export interface Step<T> extends Iterator<Request, T, unknown> {
  [Symbol.iterator](): Iterator<Request, T, unknown>;
}

/**
 * The rules of a transaction: a generator function, which can wait for statements and for nothing else. The types
 * reject an asynchronous body, and one that returns a step instead of its value.
 */
export type Body<T> = (() => Generator<Request, T, unknown>) &
  ([T] extends [never]
    ? unknown
    : T extends PromiseLike<unknown> | Step<unknown>
      ? 'a transaction must not end before its last step: use yield*'
      : unknown);

/** Steps that were made and have not been run. */
let waiting = 0;

/** A step whose value is there at once. */
class SynchronousStep<T> implements Step<T> {
  private readonly run: () => T;

  constructor(run: () => T) {
    this.run = run;
    waiting++;
  }

  next(): IteratorReturnResult<T> {
    waiting--;
    return { done: true, value: this.run() };
  }

  [Symbol.iterator](): this {
    return this;
  }

  map<U>(map: (value: T) => U): Step<U> {
    waiting--;
    return new SynchronousStep(() => map(this.run()));
  }
}

/** The step with another value. On SQLite, it costs less than a generator. */
export function mapStep<T, U>(step: Step<T>, map: (value: T) => U): Step<U> {
  return step instanceof SynchronousStep ? step.map(map) : mapLater(step, map);
}

function* mapLater<T, U>(step: Step<T>, map: (value: T) => U): Generator<Request, U, unknown> {
  return map(yield* step);
}

export function synchronously<T>(run: () => T): Step<T> {
  return new SynchronousStep(run);
}

/**
 * Runs a body whose steps are all synchronous.
 * @throws TypeError when one is not, or when the body made a step and did not run it by `yield*`
 */
export function finish<T>(step: Step<T>): T {
  waiting = 0;
  const result = step.next();
  if (waiting > 0) throw new TypeError('a step of the transaction was not run: use yield*');
  if (!result.done) throw new TypeError('a transaction of SQLite cannot wait for a server');
  return result.value;
}
