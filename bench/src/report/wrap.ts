/** Characters in a line of Markdown. */
export const WIDTH = 100;

/** Breaks text into lines. A word that is longer than a line stays whole. */
export function wrapText(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && indent.length + longer.length > WIDTH) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].join(`\n${indent}`);
}

/** Breaks an item of a list into lines. */
export const wrapItem = (text: string): string => `- ${wrapText(text, '  ')}`;
