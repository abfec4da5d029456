import { afterEach, describe, expect, it, vi } from 'vitest';
import { startSdk } from '../../test/sdk.ts';
import { contextOf } from './propagation.ts';

startSdk();
afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

/** The attributes of a caller's baggage. Reimports the module, which reads the allow-list when it loads. */
async function attributesOf(baggage: string): Promise<object> {
  const { baggageAttributes } = await import('./baggage.ts');
  return baggageAttributes(contextOf({ baggage }));
}

describe("a caller's baggage", () => {
  it('becomes attributes for the channel only by default', async () => {
    expect(await attributesOf('channel=web,name=miller,email=m%40example.com')).toEqual({
      'hotel.baggage.channel': 'web',
    });
  });

  it('becomes attributes for the keys in HOTEL_BAGGAGE_ATTRIBUTES', async () => {
    vi.stubEnv('HOTEL_BAGGAGE_ATTRIBUTES', 'tenant, campaign');
    expect(await attributesOf('channel=web,tenant=acme,campaign=spring,name=miller')).toEqual({
      'hotel.baggage.tenant': 'acme',
      'hotel.baggage.campaign': 'spring',
    });
  });

  it('becomes no attribute when HOTEL_BAGGAGE_ATTRIBUTES is empty', async () => {
    vi.stubEnv('HOTEL_BAGGAGE_ATTRIBUTES', '');
    expect(await attributesOf('channel=web')).toEqual({});
  });

  it('has long values truncated', async () => {
    expect(await attributesOf(`channel=${'x'.repeat(500)}`)).toEqual({ 'hotel.baggage.channel': 'x'.repeat(128) });
  });

  it('may be missing', async () => {
    expect(await attributesOf('')).toEqual({});
  });
});
