import { expect, it } from 'vitest';
import { databaseUrlSchema } from './settings.ts';

const problemsOf = (url: string) =>
  databaseUrlSchema.safeParse(url).error?.issues.map(({ message }) => message) ?? 'accepted';

it.each(['', '?sslmode=disable', '?sslmode=require', '?sslmode=verify-ca', '?sslmode=verify-full&sslrootcert=/ca.pem'])(
  'accepts a URL that ends in "%s"',
  (end) => expect(problemsOf(`postgres://hotel:secret@postgres/dispo${end}`)).toBe('accepted'),
);

it.each(['prefer', 'allow', 'verify_full', ''])('rejects sslmode=%s, which would not mean what it says', (mode) => {
  expect(problemsOf(`postgres://hotel:secret@postgres/dispo?sslmode=${mode}`)).toEqual([
    'a URL whose sslmode is one of disable, require, verify-ca, verify-full',
  ]);
});

it.each(['mysql://postgres/dispo', 'postgres://postgres', 'postgres', 'postgres://a b/dispo'])('rejects %s', (url) => {
  expect(problemsOf(url)).toEqual(['a URL like postgres://user:password@127.0.0.1:5432/database']);
});
