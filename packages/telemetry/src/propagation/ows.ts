/**
 * Without the optional white space of HTTP around it: spaces and tabs, and nothing else that `trim` takes for a space. A regular
 * expression would need quadratic time for it. https://www.rfc-editor.org/rfc/rfc9110#name-whitespace
 */
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOws(text.charCodeAt(start))) start++;
  while (end > start && isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
