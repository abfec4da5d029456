import { join } from 'node:path';
import { describe } from 'vitest';
import { testPage } from '../../test/test-page.ts';
import { preparePython } from '../python.ts';
import { system } from '../system.ts';

const root = join(import.meta.dirname, '../../..');
const missing = await preparePython({ root }).catch((error: Error) => error.message);
if (missing) console.warn(`SKIPPED: the page on the worker in Python: ${missing}`);

describe.skipIf(missing)('the README', () => testPage(`${import.meta.dirname}/../README.md`, system, []));
