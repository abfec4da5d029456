/** The element that the page always has. @throws Error without it */
export function find<E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E {
  const found = within.querySelector<E>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/** `4 Feb` of `2027-02-04`. Returns other text, which a user may enter, unchanged. */
export function dateText(day: string): string {
  if (Number.isNaN(Date.parse(`${day}T00:00:00Z`))) return day;
  const format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** Adds `count` days, which may be negative; stops at the first and the last day with a four-digit year. */
export function addDays(day: string, count: number): string {
  const time = Date.parse(day) + count * 86_400_000;
  const within = Math.min(Math.max(time, Date.parse('0000-01-01')), Date.parse('9999-12-31'));
  return new Date(within).toISOString().slice(0, 10);
}

/** Days from `from` to `to`; negative if `to` is earlier. */
export function daysFrom(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
