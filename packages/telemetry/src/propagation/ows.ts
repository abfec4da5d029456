/**
 * Strips HTTP's optional white space from both ends: spaces and tabs only, unlike `trim`. A regular expression would take
 * quadratic time. https://www.rfc-editor.org/rfc/rfc9110#name-whitespace
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
