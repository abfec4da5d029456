export type Status = 'booked' | 'checked_in' | 'checked_out' | 'cancelled';

/** A booking in the model. The model shares no code with the services, only the README. */
export interface Stay {
  room_id: number;
  start: string;
  end: string;
  status: Status;
  revision: number;
  /** The day of the check-out. */
  departed?: string;
}

/** What is known about a booking: its state, and the alternative if an unacknowledged operation took effect. */
interface Known {
  now: Stay;
  maybe?: Stay;
  /** Whether its final clean is done; `maybe` if unacknowledged. */
  cleaned: 'no' | 'maybe' | 'yes';
}

/** The state that follows from the acknowledged operations. */
export interface Model {
  readonly bookings: ReadonlyMap<number, Readonly<Known>>;
  /** Ids of all traces that the load has started: a collector that was away gets their spans later. */
  readonly traceIds: Set<string>;
  /** Number of acknowledged operations. */
  acknowledged(): number;
  /** An operation was acknowledged: this is the booking's new state. */
  acknowledge(id: number, next: Stay): void;
  /** An operation was not answered: it may or may not have taken effect. */
  markUncertain(id: number, next: Stay): void;
  /**
   * Resolves an unknown outcome if the booking shows that the operation took effect. Otherwise it may still do so.
   * @returns what is wrong if the booking read matches neither possible state
   */
  resolve(id: number, read: Stay): string | undefined;
  /** A request was not answered, and may still book this stay although its client has given up. */
  abandon(stay: Pick<Stay, 'room_id' | 'start' | 'end'>): void;
  /** Resolves all unknown outcomes when nothing is under way any more. */
  settle(read: ReadonlyArray<Stay & { id: number }>): void;
  setCleaned(id: number, cleaned: 'maybe' | 'yes'): void;
}

export function createModel(): Model {
  const bookings = new Map<number, Known>();
  const abandoned = new Set<Stay>();
  let acknowledged = 0;
  const known = (id: number): Known => {
    const found = bookings.get(id);
    if (!found) throw new Error(`the model does not know booking ${id}`);
    return found;
  };
  return {
    bookings,
    traceIds: new Set(),
    acknowledged: () => acknowledged,
    acknowledge(id, next) {
      acknowledged++;
      bookings.set(id, { now: next, cleaned: bookings.get(id)?.cleaned ?? 'no' });
    },
    markUncertain(id, next) {
      known(id).maybe = next;
    },
    resolve(id, read) {
      const { now, maybe, cleaned } = known(id);
      if (!isSame(read, now) && !(maybe && isSame(read, maybe))) {
        return `booking ${id} is ${describe(read)}; acknowledged was ${describe(now)}`;
      }
      if (maybe && isSame(read, maybe)) bookings.set(id, { now: maybe, cleaned });
      return undefined;
    },
    abandon: (stay) => void abandoned.add({ ...stay, status: 'booked', revision: 1 }),
    settle(all) {
      for (const { id, ...read } of all) {
        const booking = bookings.get(id);
        const late = booking ? undefined : [...abandoned].find((stay) => isSame(stay, read));
        if (late) bookings.set(id, { now: late, cleaned: 'no' });
        else if (booking?.maybe && isSame(read, booking.maybe)) {
          bookings.set(id, { now: booking.maybe, cleaned: booking.cleaned });
        } else delete booking?.maybe;
      }
      abandoned.clear();
    },
    setCleaned(id, cleaned) {
      known(id).cleaned = cleaned;
    },
  };
}

export function isSame(a: Stay, b: Stay): boolean {
  return (['room_id', 'start', 'end', 'status', 'revision'] as const).every((key) => a[key] === b[key]);
}

export function describe({ room_id, start, end, status, revision }: Stay): string {
  return `${status} in room ${room_id} from ${start} to ${end} (revision ${revision})`;
}

export const cancelled = (stay: Stay): Stay => ({ ...stay, status: 'cancelled', revision: stay.revision + 1 });
export const checkedIn = (stay: Stay): Stay => ({ ...stay, status: 'checked_in', revision: stay.revision + 1 });
/** A change without effect is not a new revision. */
export function changed(stay: Stay, change: Partial<Pick<Stay, 'room_id' | 'start' | 'end'>>): Stay {
  const next = { ...stay, ...change };
  return isSame(stay, next) ? stay : { ...next, revision: stay.revision + 1 };
}
/** A check-out before the start makes a stay of zero nights; one after the end leaves it as booked. */
export const checkedOut = (stay: Stay, today: string): Stay => ({
  ...stay,
  status: 'checked_out',
  end: today < stay.start ? stay.start : today < stay.end ? today : stay.end,
  revision: stay.revision + 1,
  departed: today,
});

export function nextDay(day: string, count = 1): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date + count)).toISOString().slice(0, 10);
}

/**
 * `2031-02-04 101 final`, one line for each occupied room and day: what cleaning has to plan, except that the final clean of a guest
 * who leaves on another day than booked is on that day.
 */
export function planOf(stays: Iterable<Stay>, numberOf: (roomId: number) => string): string[] {
  const days = new Map<string, boolean>();
  for (const { room_id, start, end, status, departed = end } of stays) {
    if (status === 'cancelled' || departed < start) continue;
    for (let day = start; day <= end; day = nextDay(day)) {
      const key = `${day} ${numberOf(room_id)}`;
      days.set(key, (days.get(key) ?? false) || day === departed);
    }
  }
  return [...days].map(([key, isFinal]) => (isFinal ? `${key} final` : key)).sort();
}

/** Overlapping bookings of a room, as sentences. */
export function doubleBookings(bookings: Iterable<readonly [number, Stay]>): string[] {
  const holders = new Map<string, number>();
  const found: string[] = [];
  for (const [id, { room_id, start, end, status }] of bookings) {
    if (status === 'cancelled') continue;
    for (let night = start; night < end; night = nextDay(night)) {
      const key = `${room_id} ${night}`;
      const other = holders.get(key);
      if (other !== undefined) found.push(`room ${room_id} is let twice on ${night}: to bookings ${other} and ${id}`);
      holders.set(key, id);
    }
  }
  return found;
}
