import type { LinkMode } from '@hotel/system/test';
import { endure, type Fault } from '../fault.ts';

const ways: Record<Exclude<LinkMode, 'pass'>, string> = {
  refuse: 'refused',
  hang: 'hanging',
  fail: '500',
  slow: 'slow',
};

const between = {
  toDispo: 'dispo unreachable from the worker',
  toCleaning: 'cleaning unreachable from dispo',
} as const;

/** The services cannot reach each other, in one of four ways. */
export const unreachable: Fault[] = (['toDispo', 'toCleaning'] as const).flatMap((link) =>
  (['refuse', 'hang', 'fail', 'slow'] as const).map((mode) => ({
    name: `${between[link]} (${ways[mode]})`,
    times: 1,
    losesSpans: false,
    async inject(scene) {
      await scene.world.links[link].setMode(mode);
      await endure(scene, 3_000, 8_000);
      await scene.world.links[link].setMode('pass');
      return undefined;
    },
  })),
);
