import { CommandError, UsageError } from '@hotel/cli';
import { addDays } from '@hotel/contracts';
import type { createHotelApi, Room } from './hotel-api.ts';

const NIGHTS = 2;
const SEARCH_DAYS = 366;

export interface StayRequest {
  /** The number on the door. */
  room?: string | undefined;
  start?: string | undefined;
  end?: string | undefined;
}

export interface Stay {
  room: Room;
  start: string;
  end: string;
}

type Api = Pick<ReturnType<typeof createHotelApi>, 'freeRooms' | 'room'>;

/** Completes the request with the first free room on the next two free nights from `today` on. */
export async function chooseStay(api: Api, request: StayRequest, today: string): Promise<Stay> {
  const wanted = request.room === undefined ? undefined : await api.room(request.room);
  if (request.start !== undefined) {
    const { start } = request;
    const end = request.end ?? addDays(start, NIGHTS);
    const room = wanted ?? (await api.freeRooms(start, end))[0];
    if (room) return { room, start, end };
    throw new CommandError(`No room is free from ${start} to ${end}. Choose other dates, or leave them out.`);
  }
  for (let day = 0; day < SEARCH_DAYS; day++) {
    const start = addDays(today, day);
    const end = addDays(start, NIGHTS);
    const free = await api.freeRooms(start, end);
    const room = wanted ? free.find(({ id }) => id === wanted.id) : free[0];
    if (room) return { room, start, end };
  }
  const who = wanted ? `Room ${wanted.number}` : 'Every room';
  throw new CommandError(`${who} is taken for the next ${SEARCH_DAYS} days. Set --start and --end.`);
}

/** Local checks only; dispo rejects the rest. */
export function checkStayRequest({ start, end }: StayRequest): void {
  if (end !== undefined && start === undefined) throw new UsageError('--end needs --start');
  for (const [name, date] of Object.entries({ start, end })) {
    if (date !== undefined && !isDate(date)) throw new UsageError(`--${name} ${date} is not a date like 2027-02-04`);
  }
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
