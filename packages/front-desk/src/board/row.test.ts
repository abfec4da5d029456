import { expect, it } from 'vitest';
import type { Stay } from './data.ts';
import { cellsOf } from './row.ts';

const window = { start: '2027-02-04', days: 7, after: 0 };
const today = '2027-02-05';
const stay = (start: string, end: string, status: Stay['status'] = 'booked'): Stay => ({
  ...{ id: 1, room_id: 1, start, end, status, cleaning: 'planned', revision: 1 },
});
/** `.` is a free night; a digit is a stay with that many nights, `!` one whose guest should have left. */
const draw = (...stays: Stay[]) =>
  cellsOf({ stays }, window, today)
    .map((cell) => (cell.stay ? `${cell.nights}${cell.isOverdue ? '!' : ''}` : '.'))
    .join('');

it.each([
  ['nothing', [], '.......'],
  ['a stay inside', [stay('2027-02-05', '2027-02-07')], '.2....'],
  ['a stay that begins before the window', [stay('2027-01-01', '2027-02-06')], '2.....'],
  ['a stay that ends after the window', [stay('2027-02-09', '2027-03-01')], '.....2'],
  ['a stay that covers the window', [stay('2027-01-01', '2027-03-01')], '7'],
  [
    'two stays of which one begins when the other ends',
    [stay('2027-02-04', '2027-02-06'), stay('2027-02-06', '2027-02-11')],
    '25',
  ],
  ['a stay that ends when the window begins', [stay('2027-02-01', '2027-02-04')], '.......'],
  ['a guest who stays longer than booked', [stay('2027-01-01', '2027-01-02', 'checked_in')], '2!.....'],
  [
    'a guest who stays longer than booked, before the next booking',
    [stay('2027-01-01', '2027-02-04', 'checked_in'), stay('2027-02-05', '2027-02-07')],
    '1!2....',
  ],
  [
    'a guest who stays longer than booked, after the next booking has begun',
    [stay('2027-01-01', '2027-01-02', 'checked_in'), stay('2027-01-02', '2027-02-07')],
    '3....',
  ],
] as const)('draws %s', (_, stays, expected) => {
  expect(draw(...stays)).toBe(expected);
});
