/** Where the process answers probes: the one `*_INTERNAL_PORT` that its container sets. */
export function probePort(env: Readonly<Record<string, string | undefined>> = process.env): number | undefined {
  const [port, ...others] = Object.keys(env).filter((name) => name.endsWith('_INTERNAL_PORT'));
  return port === undefined || others.length > 0 ? undefined : Number(env[port]);
}
