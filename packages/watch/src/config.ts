/** The port for probes: the only `*_INTERNAL_PORT` that the container sets. */
export function probePort(env: Readonly<Record<string, string | undefined>> = process.env): number | undefined {
  const [port, ...others] = Object.keys(env).filter((name) => name.endsWith('_INTERNAL_PORT'));
  return port === undefined || others.length > 0 ? undefined : Number(env[port]);
}
