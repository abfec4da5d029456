/**
 * The service name of a process without `OTEL_SERVICE_NAME`: its folder, plus its entry point if that is not
 * `main` (`cleaning/src/worker.ts` is `cleaning-worker`).
 */
export function serviceNameOf(entry: string | undefined): string {
  const match = /([^/\\]+)[/\\]src[/\\]([^/\\]+)\.[a-z]+$/.exec(entry ?? '');
  if (!match) return 'unknown_service:node';
  return match[2] === 'main' ? `${match[1]}` : `${match[1]}-${match[2]}`;
}
