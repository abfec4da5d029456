import type { System } from '@hotel/system';
import { type TraceStore, traceStore } from '../../trace/trace-store.ts';
import { queryUrlFor } from '../external.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The pages that show the traces of a run. */
export interface Backend extends Pick<TraceStore, 'url' | 'searchPage' | 'pageOf'> {
  name: 'viewer' | 'jaeger' | 'tempo';
  /** Where its traces come from; empty for the viewer, which belongs to the run. */
  how: string;
}

/** The viewer of this run. */
export function viewerBackend(port: number | undefined): Backend {
  return { ...traceStore({}, `http://localhost:${port}`), name: 'viewer', how: '' };
}

/** The pages for traces that are sent to an existing collector. */
export function externalBackend(collector: string, env: Environment): Backend {
  return { ...traceStore(env, queryUrlFor(collector, env)), how: `shows the traces sent to ${collector}` };
}

/** Whether any process of the system exports spans. */
export function isTraced(system: System, env: Environment): boolean {
  if (env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER?.trim() === 'none')
    return false;
  return system.processes.some(({ traced, env: own }) => traced && own.OTEL_SDK_DISABLED !== 'true');
}
