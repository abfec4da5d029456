import { endure, type Fault } from '../fault.ts';

const modes = {
  refuse: 'OTLP collector absent',
  hang: 'OTLP collector hangs',
  error: 'OTLP collector refuses what it gets',
  garbage: 'OTLP collector answers garbage',
} as const;

export const collectorFaults: Fault[] = Object.entries(modes).map(([mode, name]) => ({
  name,
  times: 1,
  losesSpans: true,
  async inject(scene) {
    const { sink } = scene.world;
    await sink.setMode(mode as keyof typeof modes);
    await endure(scene, 3_000, 15_000);
    await sink.setMode('ok');
    return undefined;
  },
}));

collectorFaults.push({
  name: 'OTLP collector slow',
  times: 1,
  losesSpans: false,
  async inject(scene) {
    const { sink } = scene.world;
    await sink.setMode('slow');
    await endure(scene, 3_000, 15_000);
    await sink.setMode('ok');
    return undefined;
  },
});

collectorFaults.push({
  name: 'OTLP collector killed while it takes spans',
  times: 4,
  losesSpans: true,
  async inject(scene) {
    const { sink } = scene.world;
    await sink.setMode('refuse');
    await endure(scene, 300, 1_000);
    await sink.setMode('ok');
    return undefined;
  },
});
