import { type InternalTarget, internalCall, type RoomState, roomStatePath, roomStateSchema } from '@hotel/contracts';
import { tracedFetch } from '@hotel/http-client';
import { type Logger, withoutValues } from '@hotel/log';
import { DomainError } from '../errors.ts';
import { createBreaker } from './breaker.ts';

const FAILURES_IN_A_ROW = 5;
/** Also the `Retry-After` of `cleaning_unavailable`: by then the breaker lets calls through again. */
export const PAUSE_S = 2;

export interface RoomStates {
  /** Requests the current state of a room from cleaning. @throws DomainError `cleaning_unavailable` on failure or timeout */
  read(roomId: number): Promise<RoomState['state']>;
}

export interface RoomStatesOptions {
  cleaning: InternalTarget;
  timeoutMs: number;
  log: Logger;
  /** Monotonic clock in milliseconds. */
  now?: () => number;
}

/** Sends one request per check-in and never retries: the caller knows whether the guest is still waiting. */
export function createRoomStates({
  cleaning,
  timeoutMs,
  log,
  now = () => performance.now(),
}: RoomStatesOptions): RoomStates {
  const breaker = createBreaker({
    failures: FAILURES_IN_A_ROW,
    openMs: PAUSE_S * 1_000,
    now,
    onOpen: (error) =>
      log.error(
        { reason: reasonOf(error) },
        `cleaning failed ${FAILURES_IN_A_ROW} times in a row: requests to it pause, except for one every ${PAUSE_S} s until it answers`,
      ),
    onClose: () => log.info('cleaning answers again'),
  });
  return {
    async read(roomId) {
      try {
        return await breaker(() => fetchState(internalCall(cleaning, roomStatePath(roomId)), timeoutMs));
      } catch (error) {
        log.warn({ room_id: roomId, reason: reasonOf(error) }, 'the state of the room could not be read from cleaning');
        throw new DomainError(
          'cleaning_unavailable',
          'cleaning did not report in time whether the room is clean; nothing has changed, try again later',
        );
      }
    },
  };
}

async function fetchState(
  { url, headers }: ReturnType<typeof internalCall>,
  timeoutMs: number,
): Promise<RoomState['state']> {
  const response = await tracedFetch(url, { method: 'GET', headers, timeoutMs });
  if (response.status !== 200) throw new Error(`it answered ${response.status} to GET ${url.origin}${url.pathname}`);
  return roomStateSchema.parse(await response.json()).state;
}

/** Leaves out the response body, which may contain anything. */
function reasonOf(error: unknown): string {
  const { message, name } = withoutValues(error);
  return message || name;
}
