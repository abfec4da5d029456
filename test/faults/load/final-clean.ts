import type { Client, Reply } from './client.ts';
import { type Model, nextDay } from './model.ts';

interface Task {
  id: number;
  booking_id: number;
  final: 0 | 1;
}

export interface FinalCleanOptions {
  client: Client;
  cleaningUrl: string;
  model: Model;
  /** Reports what no reply may be. */
  check(what: string, reply: Reply): void;
}

/** Reports the final clean of a booking as done. @returns false when it is not planned yet or not acknowledged */
export async function finishFinalClean(id: number, options: FinalCleanOptions): Promise<boolean> {
  const { client, cleaningUrl, model, check } = options;
  const task = await findFinalClean(id, options);
  if (!task) return false;
  model.setCleaned(id, 'maybe');
  const reply = await client.ask('POST', `${cleaningUrl}/api/v1/tasks/${task.id}/done`);
  check('POST task done', reply);
  if (reply.kind !== 'answered' || reply.status !== 200) return false;
  model.setCleaned(id, 'yes');
  return true;
}

/** On the list of the day of the check-out, whichever day a wrong clock made it. */
async function findFinalClean(
  id: number,
  { client, cleaningUrl, model, check }: FinalCleanOptions,
): Promise<Task | undefined> {
  const departed = model.bookings.get(id)?.now.departed ?? '';
  for (const day of [departed, nextDay(departed, -1), nextDay(departed, 1)]) {
    let page: Task[] = [];
    do {
      const path = `/api/v1/tasks?day=${day}&limit=200&after=${page.at(-1)?.id ?? 0}`;
      const list = await client.ask('GET', cleaningUrl + path);
      check('GET tasks', list);
      if (list.kind !== 'answered' || list.status !== 200) return undefined;
      page = list.body as Task[];
      const task = page.find(({ booking_id, final }) => booking_id === id && final === 1);
      if (task) return task;
    } while (page.length === 200);
  }
  return undefined;
}
