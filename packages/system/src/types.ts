/** A system as data. The supervisor, the tests and the manifest checks read it: names and ports stand here and nowhere else. */
export interface System {
  /** `service.namespace` of its processes. */
  name: string;
  /** In the order in which they are started; each is ready before the next one starts only if that one names it in `after`. */
  processes: ProcessSpec[];
  /** True when the processes need Redis: the runner provides `REDIS_URL`. */
  redis: boolean;
  /** The request that shows the system's main trace. */
  tryIt: { method: string; url: string; body?: unknown };
  /** What to do after that, with a few words on each. `${NAME}` is replaced by the port variable NAME. */
  next?: Array<{ what: string; command: string }>;
  /** Shapes of the traces the system promises, by name (see `@hotel/trace-test`). */
  expectedTraces: Record<string, SpanShape>;
}

export interface ProcessSpec {
  /** `service.name`, the name in the embedded run, the Kubernetes label and the Tilt resource. */
  name: string;
  /** The workspace folder it runs in, relative to the repository root. */
  folder: string;
  /** The entry point, relative to `folder`. */
  entry: string;
  /** Flags for Node, before everything else on its command line. */
  nodeArgs?: string[];
  /** False for what is never traced (the viewer): no telemetry preload, no OTEL_* variables. */
  traced: boolean;
  /** Environment variable of each port it listens on, and the port outside of tests. */
  ports: Record<string, number>;
  /** Further environment. `${NAME}` is replaced by the value of NAME in the environment of the run. */
  env: Record<string, string>;
  /** Answers 200 once the process can do its work. */
  ready: { port: string; path: string };
  /** What a person opens first, where that is not `ready`. */
  page?: { port: string; path: string };
  /** What it is for, in a few words. */
  about?: string;
  /** Names of processes that must be ready before this one starts. */
  after?: string[];
}

/** One span and what is below it. Only what is named is compared; see `matchTrace` of `@hotel/trace-test`. */
export interface SpanShape {
  service: string;
  kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  name: string | RegExp;
  /** Required attributes; a RegExp matches the value as text. */
  attributes?: Record<string, string | number | boolean | RegExp>;
  /** Default UNSET. */
  status?: 'UNSET' | 'OK' | 'ERROR';
  /** Names of span events that must be there. */
  events?: string[];
  children?: SpanShape[];
  /** Spans like these may be below it any number of times (database, Redis). Everything else that is not in `children` is a mismatch. */
  mayHave?: Array<Omit<SpanShape, 'children'>>;
}
