import { type Bench, interleave, type Question } from '../question.ts';
import { cpu, latency, tableOf } from '../scale/table.ts';
import { historyVariants } from './variants.ts';

async function ask(bench: Bench) {
  await using owned = new AsyncDisposableStack();
  const samples = await interleave(bench, await historyVariants(bench, owned));
  const title = 'POST /api/v1/bookings by the number of bookings, 8 connections';
  return [tableOf('size', title, [...latency, ...cpu], samples)];
}

/** A question of its own, because it takes half an hour to prepare. */
export const history = {
  question: 'What does a booking cost after ten thousand, a million and ten million others?',
  page: 'scale',
  ask,
} satisfies Question;
