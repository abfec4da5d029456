// Creating a format takes longer than everything else about a cell of the board.
const formatOf = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
const weekdays = formatOf({ weekday: 'short' });
const dates = formatOf({ day: 'numeric', month: 'short' });

/** `Thu` and `4 Feb` of `2027-02-04`. The same in every locale and time zone of the process. */
export function namesOf(day: string): { weekday: string; date: string; isWeekend: boolean } {
  const time = new Date(`${day}T00:00:00Z`);
  return { weekday: weekdays.format(time), date: dates.format(time), isWeekend: time.getUTCDay() % 6 === 0 };
}
