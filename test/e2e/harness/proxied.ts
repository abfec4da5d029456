import { freePorts } from '@hotel/system';
import { type HotelOptions, startHotel, type TracedHotel } from './hotel.ts';
import { type ServiceProxy, startProxy } from './proxy.ts';

export interface ProxiedHotel extends AsyncDisposable {
  traced: TracedHotel;
  /** Between the worker and dispo. */
  toDispo: ServiceProxy;
  /** Between dispo and cleaning. */
  toCleaning: ServiceProxy;
}

/** A hotel whose internal calls go through proxies. */
export async function startProxied({ env, ...options }: HotelOptions = {}): Promise<ProxiedHotel> {
  const [dispo, cleaning] = (await freePorts(2)) as [number, number];
  await using undo = new AsyncDisposableStack();
  const toDispo = undo.use(await startProxy(`http://127.0.0.1:${dispo}`));
  const toCleaning = undo.use(await startProxy(`http://127.0.0.1:${cleaning}`));
  const traced = await startHotel({
    ...options,
    env: {
      ...env,
      DISPO_INTERNAL_PORT: String(dispo),
      DISPO_INTERNAL_URL: toDispo.url,
      CLEANING_INTERNAL_PORT: String(cleaning),
      CLEANING_INTERNAL_URL: toCleaning.url,
    },
  });
  undo.defer(async () => void (await traced.stop()));
  const resources = undo.move();
  return { traced, toDispo, toCleaning, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
