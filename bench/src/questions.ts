import { cost } from './cost/question.ts';
import { history } from './history/question.ts';
import type { Question } from './question.ts';
import { adapters } from './questions/adapters.ts';
import { budgets } from './questions/budgets.ts';
import { connections } from './questions/connections.ts';
import { fsync } from './questions/fsync.ts';
import { growth } from './questions/growth.ts';
import { latency } from './questions/latency.ts';
import { limits } from './questions/limits.ts';
import { memory } from './questions/memory.ts';
import { profile } from './questions/profile.ts';
import { scale } from './questions/scale.ts';
import { signals } from './questions/signals.ts';
import { start } from './questions/start.ts';
import { sustained } from './questions/sustained.ts';
import { throughput } from './questions/throughput.ts';
import { worker } from './questions/worker.ts';

/** All questions, in the order in which they are asked. */
export const questions: Record<string, Question> = {
  throughput,
  profile,
  sustained,
  connections,
  fsync,
  latency,
  worker,
  growth,
  adapters,
  signals,
  limits,
  cost,
  start,
  memory,
  budgets,
  scale,
  history,
  viewer: {
    question: 'How much can the viewer take, and how fast does it answer when it is full?',
    script: 'viewer/bench/ingest.ts',
  },
};
