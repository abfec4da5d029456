/** Help texts of the keys. A trace page without rows has no keys of its own. */
type Keys = ReadonlyArray<readonly [keys: string, does: string]>;

const EVERYWHERE: Keys = [['?', 'show these keys']];

const SEARCH: Keys = [
  ['j k', 'next and previous trace'],
  ['Enter', 'open the trace'],
  ['/', 'type an operation'],
  ['p', 'pause and resume the live list'],
];

const LOGS: Keys = [
  ['/', 'search the lines'],
  ['p', 'pause and resume the live list'],
];

const TRACE: Keys = [
  ['↓ ↑', 'next and previous span, also j and k'],
  ['← →', 'fold, or go to the parent; unfold, or go to the first child'],
  ['Home End', 'first and last span'],
  ['Enter', 'show or hide the details of the span'],
  ['/', 'find in this trace; then Enter and Shift+Enter step through what was found'],
  ['Esc', 'leave Find and go to the found span'],
  ['e', 'next span with an error'],
  ['z', 'zoom to the span'],
  ['+ −', 'zoom in and out'],
  ['[ ]', 'earlier and later, when zoomed in'],
  ['0', 'the whole trace again'],
];

export const keysOf = (
  script: 'search' | 'logs' | 'instruments' | 'graph' | 'trace/trace' | 'trace/watch' | undefined,
): Keys => [
  ...(script === 'search' ? SEARCH : script === 'logs' ? LOGS : script === 'trace/trace' ? TRACE : []),
  ...EVERYWHERE,
];
