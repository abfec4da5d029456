import { describe, it } from 'vitest';
import { promises, type Target } from './target.ts';

const { DISPO_URL, CLEANING_URL, JAEGER_QUERY_URL, TEMPO_QUERY_URL } = process.env;
/** Where `tilt up` forwards. */
const target: Target = {
  dispo: DISPO_URL || 'http://localhost:8080',
  cleaning: CLEANING_URL || 'http://localhost:8081',
  query: JAEGER_QUERY_URL || 'http://localhost:16686',
  tempo: TEMPO_QUERY_URL,
};

describe(`the hotel at ${target.dispo}`, () => {
  it.each(promises)('$name', ({ keep }) => keep(target));
});
