/** A system as data, read by the supervisor, the tests and the manifest checks: the only source of names and ports. */
export interface System {
  /** `service.namespace` of its processes. */
  name: string;
  /** In start order. A process waits for an earlier one only if it names it in `after`. */
  processes: ProcessSpec[];
  /** True when the processes need Redis: the runner provides `REDIS_URL`. */
  redis: boolean;
  /** Databases on PostgreSQL by the variable with their URL, for a run with PostgreSQL. */
  databases?: Readonly<Record<string, string>>;
  /** Installs what the processes need besides Node, before anything starts. @throws SystemError that says what is missing */
  prepare?(options: { root: string; announce?: ((text: string) => void) | undefined }): Promise<void>;
  /** The request that shows the system's main trace. */
  tryIt: { method: string; url: string; body?: unknown };
  /** The page that explains the system, relative to the repository. Default: the README of the example. */
  lesson?: string;
  /**
   * Suggested next commands with a short description. `${NAME}` is replaced with the port variable NAME, and
   * `${PORT_OFFSET_OPTION}` with the run's `--port-offset`, if it has one.
   */
  next?: Array<{ what: string; command: string }>;
}

export interface ProcessSpec {
  /** `service.name`, the name in the embedded run, the Kubernetes label and the Tilt resource. */
  name: string;
  /** `service.name` of a replica, whose `name` has a number. */
  service?: string;
  /** Working directory, relative to the repository root. */
  folder: string;
  /** Entry point, relative to `folder`. */
  entry: string;
  /** The program that runs `entry`, relative to the repository root. Default: Node, with the telemetry preload. */
  command?: string;
  /** Node flags, first on the command line. */
  nodeArgs?: string[];
  /** False for a process that is never traced (the viewer): no telemetry preload, no OTEL_* variables. */
  traced: boolean;
  /** Environment variable of each port, and its default. */
  ports: Record<string, number>;
  /** Additional variables. `${NAME}` is replaced with the value of NAME in the environment of the run. */
  env: Record<string, string>;
  /** Answers 200 when the process is ready; with `anyStatus`, any status. */
  ready: { port: string; path: string; anyStatus?: boolean };
  /** The page to open first, if it differs from `ready`. */
  page?: { port: string; path: string };
  /** Short description. */
  about?: string;
  /** Processes that must be ready before this one starts. */
  after?: string[];
}
