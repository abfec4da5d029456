import { describe } from 'vitest';
import { testPage } from '../../test/test-page.ts';
import { system } from '../system.ts';

describe('the README', () => testPage(`${import.meta.dirname}/../README.md`, system, ['needs a cluster']));
