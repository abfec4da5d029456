import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { SystemWithTraces } from '../src/shape.ts';

/** A separate repository root: the viewer, and a process that sets up tracing itself instead of by a preload. */
export async function createRoot(): Promise<{ root: string; system: SystemWithTraces; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'trace-test-'));
  const preload = join(root, 'node_modules/@hotel/telemetry');
  await mkdir(preload, { recursive: true });
  await writeFile(join(preload, 'package.json'), '{"type":"module","exports":{"./register":"./register.js"}}');
  await writeFile(join(preload, 'register.js'), '');
  await mkdir(join(root, 'desk'));
  await symlink(join(import.meta.dirname, '../../../viewer'), join(root, 'viewer'));
  const entry = relative(join(root, 'desk'), join(import.meta.dirname, 'fixtures/desk.ts'));
  const viewerPorts = { VIEWER_PORT: 1, OTLP_GRPC_PORT: 2, OTLP_HTTP_PORT: 3, VIEWER_HEALTH_PORT: 4 };
  return {
    root,
    system: {
      name: 'inn',
      redis: false,
      processes: [
        {
          name: 'viewer',
          folder: 'viewer',
          entry: 'src/main.ts',
          traced: false,
          ports: viewerPorts,
          env: {},
          ready: { port: 'VIEWER_HEALTH_PORT', path: '/status' },
        },
        {
          name: 'desk',
          folder: 'desk',
          entry,
          traced: true,
          ports: { DESK_PORT: 5 },
          env: {},
          ready: { port: 'DESK_PORT', path: '/ready' },
        },
      ],
      tryIt: { method: 'GET', url: '' },
      expectedTraces: {
        visit: {
          service: 'desk',
          kind: 'SERVER',
          name: 'GET /',
          children: [{ service: 'desk', kind: 'CLIENT', name: 'SELECT stays' }],
        },
      },
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
