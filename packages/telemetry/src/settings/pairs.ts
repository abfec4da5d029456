/** Parses percent-encoded `key=value`. @returns undefined if invalid. */
export function decodedPair(pair: string): [key: string, value: string] | undefined {
  const end = pair.indexOf('=');
  if (end < 0) return undefined;
  try {
    return [decodeURIComponent(pair.slice(0, end).trim()), decodeURIComponent(pair.slice(end + 1).trim())];
  } catch {
    return undefined;
  }
}

/** The attributes in `OTEL_RESOURCE_ATTRIBUTES`, from which `applySettings` has removed the invalid ones. */
export function attributesFrom(list = ''): Record<string, string> {
  return Object.fromEntries(list.split(',').flatMap((pair) => [decodedPair(pair) ?? []].filter(([key]) => key)));
}
