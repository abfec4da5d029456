import { expect, it } from 'vitest';
import { room, stay, TODAY } from '../../test/desk.ts';
import type { BoardData } from './data.ts';
import { viewOf } from './view.ts';

const data = (changes: Partial<BoardData> = {}): BoardData => ({
  ...{ window: { start: TODAY, days: 31, after: 0 }, today: TODAY, rooms: [room({ stays: [stay()] })], hasMore: false },
  cleaning: { dirty: [], tasks: [] },
  ...changes,
});

it('draws the board again only when its data has changed', () => {
  const first = viewOf(data());
  expect(viewOf(data(), first)).toBe(first);
  const changes: Array<Partial<BoardData>> = [
    { rooms: [room({ stays: [stay({ revision: 2 })] })] },
    { today: '2027-02-06' },
    { cleaning: undefined },
    { hasMore: true },
  ];
  for (const change of changes) expect(viewOf(data(change), first).version).not.toBe(first.version);
});

it('draws the board without creating date formats, however many cells it has', () => {
  const { DateTimeFormat } = Intl;
  let created = 0;
  Intl.DateTimeFormat = new Proxy(DateTimeFormat, {
    construct(target, args) {
      created++;
      return Reflect.construct(target, args);
    },
  });
  try {
    viewOf(data());
  } finally {
    Intl.DateTimeFormat = DateTimeFormat;
  }
  expect(created).toBe(0);
});
