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

/** Requests that the driver of a transaction sends at once, in this order. The response is the list of theirs. */
export class RequestGroup {
  readonly requests: readonly Request[];

  constructor(requests: readonly Request[]) {
    this.requests = requests;
  }
}

/** The last request of a transaction: the driver sends the COMMIT with it. */
export class LastRequest {
  readonly request: Request;

  constructor(request: Request) {
    this.request = request;
  }
}

/**
 * Runs two steps of one statement each, of which neither needs the value of the other. A server gets both at once, and
 * runs them in this order.
 */
export function* together<A, B>(first: Step<A>, second: Step<B>): Generator<Request, [A, B], unknown> {
  const [one, other] = [first.next(), second.next()];
  if (one.done && other.done) return [one.value, other.value];
  if (one.done || other.done) throw new TypeError('both steps must have a statement');
  const [response, otherResponse] = (yield new RequestGroup([one.value, other.value])) as [unknown, unknown];
  return [ended(first.next(response)), ended(second.next(otherResponse))];
}

/**
 * Runs the last step of a transaction, of one statement. A server gets it together with the COMMIT, so nothing after it
 * may reject the transaction.
 */
export function* lastly<T>(step: Step<T>): Generator<Request, T, unknown> {
  const result = step.next();
  if (result.done) return result.value;
  return ended(step.next(yield new LastRequest(result.value)));
}

function ended<T>(result: IteratorResult<Request, T>): T {
  if (!result.done) throw new TypeError('the step must have one statement');
  return result.value;
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
