/** `key=value`, percent-encoded. @returns undefined for what is not. */
export function decodedPair(pair: string): [key: string, value: string] | undefined {
  const end = pair.indexOf('=');
  if (end < 0) return undefined;
  try {
    return [decodeURIComponent(pair.slice(0, end).trim()), decodeURIComponent(pair.slice(end + 1).trim())];
  } catch {
    return undefined;
  }
}

/** The attributes in `OTEL_RESOURCE_ATTRIBUTES`, once `applySettings` has removed those that are wrong. */
export function attributesFrom(list = ''): Record<string, string> {
  return Object.fromEntries(list.split(',').flatMap((pair) => [decodedPair(pair) ?? []].filter(([key]) => key)));
}
