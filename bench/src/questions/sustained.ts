import { createBooker } from '../bookings.ts';
import { droppedBy } from '../dropped.ts';
import type { Column } from '../figures/answer.ts';
import { rowOf } from '../figures/samples.ts';
import { interleave, type Question } from '../question.ts';
import { dispoAlone, startTestbed } from '../testbed.ts';

/** Long enough for the exporter's queue to overflow if the receiver is slower. */
const LOAD_S = 12;
const CONNECTIONS = 32;
const KIB = 1_024;

/** A target refers to this name. */
export const wide = 'a receiver with a window of 16 MiB';
const narrow = "a receiver with HTTP/2's initial window, 64 KiB";

const columns: Column[] = [
  { key: 'perSecond', title: 'requests/s' },
  { key: 'ended', title: 'spans ended' },
  { key: 'arrived', title: 'spans arrived' },
  { key: 'dropped', title: 'spans dropped' },
  { key: 'lost', title: 'lost, %' },
];

async function measure(windowBytes: number): Promise<Record<string, number>> {
  await using testbed = await startTestbed({ processes: [dispoAlone()], windowBytes });
  const booker = await createBooker(testbed, {
    port: testbed.port('DISPO_PORT'),
    pid: testbed.pid('dispo'),
    rooms: 10,
  });
  const { perSecond } = await booker.book(CONNECTIONS, LOAD_S);
  const dropped = await droppedBy(testbed);
  await testbed.stop('dispo');
  const arrived = (await testbed.sink?.counts())?.spans ?? 0;
  const ended = arrived + dropped;
  return { perSecond, arrived, dropped, ended, lost: (dropped / ended) * 100 };
}

export const sustained = {
  question: 'Are spans lost at the highest rate?',
  async ask(bench) {
    // Counts need no median.
    const samples = await interleave({ ...bench, rounds: 1 }, [
      { name: wide, measure: () => measure(16 * KIB * KIB) },
      { name: narrow, measure: () => measure(64 * KIB - 1) },
    ]);
    return [
      {
        id: 'sustained',
        title: `${LOAD_S} s of POST /api/v1/bookings, ${CONNECTIONS} connections, every span`,
        of: 'spans go to',
        columns,
        rows: [wide, narrow].map((name) => rowOf(samples, name, columns)),
        note: 'The window is the number of bytes that a sender may have in flight without an acknowledgement. The narrow receiver exists only in this bench: it keeps the initial 64 KiB of HTTP/2, so a saturated sender waits until its queue overflows. Collectors widen theirs: grpc-go starts at 64 KiB and grows to 2 MiB. Measured separately, at 1,900 to 3,300 bookings/s, Jaeger 2.20 and the OpenTelemetry Collector 0.155 received every span, over gRPC and over HTTP.',
      },
    ];
  },
} satisfies Question;
