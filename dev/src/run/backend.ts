import type { System } from '@hotel/system';
import { type TraceStore, traceStore } from '../trace/trace-store.ts';
import { queryUrlBeside } from './external.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the traces of a run can be looked at. */
export interface Backend extends Pick<TraceStore, 'url' | 'searchPage' | 'pageOf'> {
  name: 'viewer' | 'jaeger' | 'tempo';
  /** Why it is this one; empty for the viewer, which belongs to the run. */
  how: string;
}

/** The viewer that this run has started. */
export function viewerBackend(port: number | undefined): Backend {
  return { ...traceStore({}, `http://localhost:${port}`), name: 'viewer', how: '' };
}

/** What shows the traces that go to a collector which runs already. */
export function externalBackend(collector: string, env: Environment): Backend {
  return { ...traceStore(env, queryUrlBeside(collector, env)), how: `reads what goes to ${collector}` };
}

/** Whether any process of a system makes spans that are sent somewhere. */
export function isTraced(system: System, env: Environment): boolean {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER?.trim() === 'none')
    return false;
  return system.processes.some(({ traced, env: own }) => traced && own.OTEL_SDK_DISABLED !== 'true');
}
