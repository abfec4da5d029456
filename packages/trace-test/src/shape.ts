import type { System } from '@hotel/system';

/** A span and its descendants. Only the given fields are compared; see `matchTrace`. */
export interface SpanShape {
  service: string;
  kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  name: string | RegExp;
  /** Required attributes; a RegExp matches the value as text. */
  attributes?: Record<string, string | number | boolean | RegExp>;
  /** Default: UNSET. */
  status?: 'UNSET' | 'OK' | 'ERROR';
  /** Names of required span events. */
  events?: string[];
  children?: SpanShape[];
  /** Optional child spans, in any number (database, Redis). Any other span that is not in `children` is a mismatch. */
  mayHave?: Array<Omit<SpanShape, 'children'>>;
}

/** A system and the shapes of its traces, by name. */
export interface SystemWithTraces extends System {
  expectedTraces: Record<string, SpanShape>;
}
