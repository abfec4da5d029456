import { z } from 'zod';
import { EventNotValidError, JobTooLargeError } from './envelope.ts';

/** Far above the size of any event. Parsing takes many times the size of the data in memory. */
const MAX_DATA_BYTES = 64 * 1_024;

const unreadableSchema = z.object({ unreadable: z.enum(['too_large', 'not_json']), bytes: z.int().min(0) });

/**
 * Replaces unreadable data, first in memory and then in Redis. It is the only record of the problem: the next worker,
 * after a crash or a lost lock, must dead-letter the job for the same reason.
 */
export type Unreadable = z.infer<typeof unreadableSchema>;

/** Checks a job's data as stored in Redis; undefined when it can be parsed. */
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

/** The error for replaced data; undefined for any other data. */
export function errorOfUnreadable(data: unknown): JobTooLargeError | EventNotValidError | undefined {
  const found = unreadableSchema.safeParse(data).data;
  if (!found) return undefined;
  if (found.unreadable === 'too_large') {
    const sizes = `it has ${found.bytes} bytes, the limit is ${MAX_DATA_BYTES}`;
    return new JobTooLargeError(`the job is not a valid dispo event: ${sizes}; its data is discarded`);
  }
  return new EventNotValidError('the job is not a valid dispo event: its data is not JSON; its data is discarded');
}
