import { expect, it } from 'vitest';
import type { Api } from './document.ts';
import { judge } from './judge.ts';

const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const api: Api = {
  url: 'http://hotel',
  operations: [
    {
      method: 'GET',
      path: '/rooms/{id}',
      parameters: [],
      body: undefined,
      responses: { 200: json({ $ref: '#/components/schemas/Room' }) },
    },
  ],
  schemas: { Room: { type: 'object', properties: { day: { type: 'string', format: 'date' } }, required: ['day'] } },
};
const headers = {
  'content-type': 'application/json',
  'content-security-policy': "default-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};
const right = { status: 200, headers, body: '{"day": "2027-02-04"}' };
const shot = { method: 'GET', target: '/rooms/1/?x', headers: [], body: undefined };

it('accepts correct responses', () => {
  expect(judge(shot, right, api)).toEqual([]);
});

it.each([
  ['a failure', { ...right, status: 503 }, '503'],
  ['a status that is not in the document', { ...right, status: 201 }, '201 is not in the document'],
  ['another type', { ...right, headers: { ...headers, 'content-type': 'text/html' } }, '200 of text/html'],
  ['a header too many', { ...right, headers: { ...headers, 'set-cookie': 'owned=1' } }, 'set-cookie'],
  ['a header too few', { ...right, headers: { ...headers, 'referrer-policy': undefined } }, 'no referrer-policy'],
  ['a field too few', { ...right, body: '{}' }, 'body.day is missing'],
  ['a field too many', { ...right, body: '{"day": "2027-02-04", "guest": 1}' }, 'body.guest is not in the document'],
  ['a day that does not exist', { ...right, body: '{"day": "2027-02-29"}' }, 'body.day is "2027-02-29"'],
])('finds %s', (_, answer, complaint) => {
  expect(judge(shot, answer, api)).toEqual([complaint]);
});

it('reports success on a path that does not exist', () => {
  expect(judge({ ...shot, target: '/rooms/1/2' }, right, api)).toEqual(['200 for something that is not an operation']);
});
