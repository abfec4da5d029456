import { type InternalTarget, internalCall, type RoomState, roomStatePath, roomStateSchema } from '@hotel/contracts';
import { tracedFetch } from '@hotel/http-client';
import type { Logger } from '@hotel/log';
import { DomainError } from '../errors.ts';
import type { Breaker } from './breaker.ts';
import { reasonOf } from './cleaning-breaker.ts';

export interface RoomStates {
  /** Requests the current state of a room from cleaning. @throws DomainError `cleaning_unavailable` on failure or timeout */
  read(roomId: number): Promise<RoomState['state']>;
}

export interface CleaningCalls {
  cleaning: InternalTarget;
  timeoutMs: number;
  log: Logger;
  /** `createCleaningBreaker` */
  breaker: Breaker;
}

/** Sends one request per check-in and never retries: the caller knows whether the guest is still waiting. */
export function createRoomStates({ cleaning, timeoutMs, log, breaker }: CleaningCalls): RoomStates {
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
  if (response.status !== 200)
    throw new Error(`cleaning answered ${response.status} to GET ${url.origin}${url.pathname}`);
  return roomStateSchema.parse(await response.json()).state;
}
