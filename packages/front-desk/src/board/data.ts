import type { CleaningOverview } from '@hotel/contracts';

/** A booking as the board shows it. */
export interface Stay {
  id: number;
  room_id: number;
  /** The day of arrival. */
  start: string;
  /** The day of departure. */
  end: string;
  status: 'booked' | 'checked_in' | 'checked_out' | 'cancelled';
  cleaning: 'pending' | 'planned' | 'failed';
  revision: number;
}

export interface BoardRoom {
  id: number;
  number: string;
  name: string;
  /** By arrival. */
  stays: Stay[];
}

/** The part of the hotel that a board shows. */
export interface Window {
  /** The first day. */
  start: string;
  /** Number of days. */
  days: number;
  /** Rooms with a higher id. */
  after: number;
}

/** Everything that a board shows. */
export interface BoardData {
  window: Window;
  today: string;
  rooms: BoardRoom[];
  /** Whether there are further rooms. */
  hasMore: boolean;
  /** Undefined while cleaning does not answer. */
  cleaning: CleaningOverview | undefined;
}
