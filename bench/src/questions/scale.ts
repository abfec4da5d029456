import type { Column, Table } from '../figures/answer.ts';
import { type Bench, interleave, type Question } from '../question.ts';
import { startIntake } from '../scale/beds.ts';
import { intakeVariants } from '../scale/intake.ts';
import { cpu, latency, tableOf } from '../scale/table.ts';
import { wholeVariant } from '../scale/whole.ts';

const main: Column = { key: 'main', title: 'of it on the main thread, us' };
const rate: Column = { key: 'perSecond', title: 'bookings/s' };

async function intake(bench: Bench): Promise<Table> {
  await using owned = new AsyncDisposableStack();
  const sqlite = owned.use(await startIntake(false));
  const postgres = owned.use(await startIntake(true));
  const samples = await interleave(bench, await intakeVariants({ sqlite, postgres }));
  const [dispo, ...others] = cpu as [Column, ...Column[]];
  const columns = [rate, ...latency, dispo, main, ...others];
  return tableOf('intake', 'POST /api/v1/bookings, every span, no worker', columns, samples);
}

async function whole(bench: Bench): Promise<Table> {
  const samples = await interleave(bench, [wholeVariant('SQLite', false), wholeVariant('PostgreSQL', true)]);
  const columns = [
    { key: 'plannedPerSecond', title: 'planned/s' },
    ...cpu,
    { key: 'spans', title: 'spans' },
    { key: 'otlpBytes', title: 'OTLP, bytes' },
    { key: 'commandsPerBooking', title: 'Redis commands' },
    { key: 'queueBytes', title: 'Redis memory per waiting job, bytes' },
    { key: 'storedBytes', title: 'databases, bytes' },
  ];
  return tableOf('whole', 'A booking and its plan, one process of each service, every span', columns, samples);
}

export const scale = {
  question: 'What does a booking cost on PostgreSQL, with replicas and contention?',
  page: 'scale',
  async ask(bench) {
    return [await intake(bench), await whole(bench)];
  },
} satisfies Question;
