import { expect, test } from 'vitest';
import { span } from '../../test/spans.ts';
import { renderTree } from './render.ts';

test('renders a trace as kind, name and service, one span per line', () => {
  const spans = [
    span(1, undefined, 'SERVER POST /stays'),
    span(2, 1, 'PRODUCER send stays'),
    span(3, 2, 'CONSUMER process stays', { service: 'keeper' }),
  ];
  expect(renderTree(spans)).toBe(
    ['SERVER   POST /stays        desk', '  PRODUCER send stays       desk', '    CONSUMER process stays  keeper'].join(
      '\n',
    ),
  );
});

test('marks errors, orphans and a second trace', () => {
  const text = renderTree([
    span(1, undefined, 'SERVER POST /stays', { status: { code: 'ERROR', message: 'no room' } }),
    span(2, 9, 'CLIENT GET', { traceId: 'f'.repeat(32) }),
  ]);
  expect(text).toContain('desk  ERROR: no room');
  expect(text).toContain('(orphan: parent 0000000000000009 is not in the trace)');
  expect(text).toContain(`(trace ${'f'.repeat(32)})`);
});

test('renders an empty trace as such', () => {
  expect(renderTree([])).toBe('(no spans)');
});
