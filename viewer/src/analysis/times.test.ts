import { expect, test } from 'vitest';
import { type Given, storeOf, treeOf } from '../../test/support/trees.ts';
import { flameFrames } from './flame.ts';
import { selfNano, timeByService } from './self-time.ts';
import { similarTraces } from './similar.ts';

test('the trace with the most spans in common is the most similar, and unrelated traces are left out', () => {
  const root = (trace: string, at: number): Given => ({ trace, id: '1', name: 'POST', at: [at, at + 10] });
  const below = (trace: string, id: string, name: string): Given => ({ trace, id, parent: '1', name, at: [1, 2] });
  const store = storeOf(
    root('t', 0),
    below('t', '2', 'INSERT'),
    below('t', '3', 'send'),
    root('same', 1),
    below('same', '2', 'INSERT'),
    below('same', '3', 'send'),
    root('newest', 9),
    below('newest', '2', 'SELECT'),
    { trace: 'other', id: '1', name: 'GET', at: [5, 6] },
  );
  const trace = store.get('t');
  if (trace === undefined) throw new Error('no trace');
  const similar = similarTraces(store, trace, 10).map(({ trace: { id }, likeness }) => [id, likeness]);
  expect(similar).toEqual([
    ['same', 1],
    ['newest', 1 / 4],
  ]);
});

test('self time excludes the time of children, counting overlaps once, and is summed by service', () => {
  const tree = treeOf(
    { id: 'a', at: [0, 100] },
    { id: 'b', parent: 'a', at: [10, 40], service: 'worker' },
    { id: 'c', parent: 'a', at: [30, 50] },
    { id: 'late', parent: 'a', at: [90, 130], service: 'worker' },
  );
  expect(tree.rows.map(selfNano)).toEqual([50n, 30n, 20n, 40n]);
  expect(timeByService(tree.rows)).toEqual([
    { service: 'dispo', spans: 2, errors: 0, selfNano: 70n },
    { service: 'worker', spans: 2, errors: 0, selfNano: 70n },
  ]);
});

test('the flame graph stacks self time: similar spans below the same ancestors share a frame, longest first', () => {
  const frames = flameFrames(
    treeOf(
      { id: '1', name: 'POST', at: [0, 100] },
      { id: '2', name: 'INSERT', parent: '1', at: [0, 10] },
      { id: '3', name: 'INSERT', parent: '1', at: [10, 30] },
      { id: '4', name: 'send', parent: '1', at: [40, 80] },
      { id: '5', name: 'process', parent: '4', at: [200, 300] },
    ),
  );
  expect(frames).toMatchObject([
    {
      name: 'POST',
      selfNano: 30n,
      totalNano: 200n,
      children: [
        { name: 'send', selfNano: 40n, totalNano: 140n, children: [{ name: 'process', totalNano: 100n }] },
        { name: 'INSERT', spans: 2, totalNano: 30n },
      ],
    },
  ]);
});
