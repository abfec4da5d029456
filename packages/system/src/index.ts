export type { ProcessSpec, SpanShape, System } from './types.ts';
