import { z } from 'zod';
import { EventNotValidError, JobTooLargeError } from './envelope.ts';

/** Far above every event. Parsing larger data would take many times its size in memory. */
const MAX_DATA_BYTES = 64 * 1_024;

const unreadableSchema = z.object({ unreadable: z.enum(['too_large', 'not_json']), bytes: z.int().min(0) });

/**
 * Replaces data that cannot be read, first in memory and then in Redis. It is the only record of what was wrong: whoever sees the job
 * next, after a crash or a lost lock, must come to the same verdict.
 */
export type Unreadable = z.infer<typeof unreadableSchema>;

/** Checks the data of a job as it is in Redis; undefined when it can be parsed. */
export function checkReadable(data: string): Unreadable | undefined {
  const bytes = Buffer.byteLength(data);
  if (bytes > MAX_DATA_BYTES) return { unreadable: 'too_large', bytes };
  try {
    JSON.parse(data);
    return undefined;
  } catch {
    return { unreadable: 'not_json', bytes };
  }
}

/** The error of a job whose data was replaced; undefined for any other data. */
export function errorOfUnreadable(data: unknown): JobTooLargeError | EventNotValidError | undefined {
  const found = unreadableSchema.safeParse(data).data;
  if (!found) return undefined;
  if (found.unreadable === 'too_large') {
    const sizes = `it has ${found.bytes} bytes, and ${MAX_DATA_BYTES} are accepted`;
    return new JobTooLargeError(`the job is not an event of dispo: ${sizes}; its data is not kept`);
  }
  return new EventNotValidError('the job is not an event of dispo: its data is not JSON; its data is not kept');
}
