import { join } from 'node:path';
import { hotel } from 'dev/system';
import { testPage } from 'examples/test-page';
import { describe } from 'vitest';

describe('the page on the three signals', () =>
  testPage(join(import.meta.dirname, '../../docs/signals.md'), hotel, []));
