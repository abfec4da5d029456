import { createRateLimit, peerOf, problem } from '@hotel/http';
import type { Context } from 'hono';
import { type BrowserEvent, type BrowserSpan, eventsIn, spansIn } from './otlp.ts';

/** Where the reports of browsers go: to the collector of the process, if it has one. */
export interface BrowserTelemetry {
  /** Whether this process exports spans. */
  isOn(): boolean;
  exportSpans(spans: BrowserSpan[], userAgent: string | undefined): Promise<void>;
  exportEvents(events: BrowserEvent[], userAgent: string | undefined): Promise<void>;
}

/** Requests per second: of one peer, and of all. A page sends one or two. */
const PER_PEER = 5;
const OVERALL = 50;

export type Signal = 'traces' | 'logs';

/**
 * Takes OTLP/JSON of this page's telemetry, from this page, and passes on what it knows of it. It is no open relay: it
 * sends nothing that it has not built itself, to nowhere but the collector of this process.
 */
export function createRelay(telemetry: BrowserTelemetry) {
  const now = () => performance.now();
  const overall = createRateLimit({ perSecond: OVERALL, now });
  const perPeer = createRateLimit({ perSecond: PER_PEER, now });

  return async (c: Context, signal: Signal): Promise<Response> => {
    if (!isSameOrigin(c)) {
      const detail = 'only the front desk of this hotel may report telemetry here';
      return problem(c, { status: 403, code: 'other_origin', detail });
    }
    const retryAfterS = perPeer(peerOf(c)) ?? overall('');
    if (retryAfterS !== undefined) {
      const detail = 'too many reports; they are dropped';
      return problem(c, { status: 429, code: 'too_many_requests', detail, retryAfterS });
    }
    const document = parsed(c.get('bodyText'));
    const at = BigInt(Date.now()) * 1_000_000n;
    const userAgent = c.req.header('user-agent')?.slice(0, 256);
    const spans = signal === 'traces' ? spansIn(document, at) : undefined;
    const events = signal === 'logs' ? eventsIn(document, at) : undefined;
    if (!spans && !events) {
      const detail = 'this is not OTLP/JSON of the front desk’s own telemetry, or there is too much of it';
      return problem(c, { status: 422, code: 'invalid_input', detail });
    }
    if (telemetry.isOn()) {
      if (spans) await telemetry.exportSpans(spans, userAgent);
      if (events) await telemetry.exportEvents(events, userAgent);
    }
    return c.json({}, 200);
  };
}

/**
 * Browsers send `Sec-Fetch-Site` over TLS and to this machine, and `Origin` with every POST. Other programs can send
 * what they like: the limits hold for them, too.
 */
function isSameOrigin(c: Context): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = URL.parse(c.req.header('origin') ?? '');
  return origin !== null && origin.host === c.req.header('host');
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
