import { afterEach, describe, expect, it, vi } from 'vitest';
import { startSdk } from '../../test/sdk.ts';
import { contextOf } from './propagation.ts';

startSdk();
afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The attributes of what a caller sent; the allow-list is read when a process starts, so each time anew. */
async function attributesOf(baggage: string): Promise<object> {
  const { baggageAttributes } = await import('./baggage.ts');
  return baggageAttributes(contextOf({ baggage }));
}

describe('of the baggage of a caller', () => {
  it('the channel becomes an attribute, and nothing else does', async () => {
    expect(await attributesOf('channel=web,name=miller,email=m%40example.com')).toEqual({
      'hotel.baggage.channel': 'web',
    });
  });

  it('those keys become attributes that HOTEL_BAGGAGE_ATTRIBUTES names', async () => {
    vi.stubEnv('HOTEL_BAGGAGE_ATTRIBUTES', 'tenant, campaign');
    expect(await attributesOf('channel=web,tenant=acme,campaign=spring,name=miller')).toEqual({
      'hotel.baggage.tenant': 'acme',
      'hotel.baggage.campaign': 'spring',
    });
  });

  it('none becomes an attribute when HOTEL_BAGGAGE_ATTRIBUTES is empty', async () => {
    vi.stubEnv('HOTEL_BAGGAGE_ATTRIBUTES', '');
    expect(await attributesOf('channel=web')).toEqual({});
  });

  it('a long value is cut', async () => {
    expect(await attributesOf(`channel=${'x'.repeat(500)}`)).toEqual({ 'hotel.baggage.channel': 'x'.repeat(128) });
  });

  it('there may be none', async () => {
    expect(await attributesOf('')).toEqual({});
  });
});
