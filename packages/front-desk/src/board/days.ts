/** `Thu` and `4 Feb` of `2027-02-04`. The same in every locale and time zone of the process. */
export function namesOf(day: string): { weekday: string; date: string; isWeekend: boolean } {
  const time = new Date(`${day}T00:00:00Z`);
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(time);
  return {
    weekday: format({ weekday: 'short' }),
    date: format({ day: 'numeric', month: 'short' }),
    isWeekend: time.getUTCDay() % 6 === 0,
  };
}
