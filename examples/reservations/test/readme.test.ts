import { describe } from 'vitest';
import { testPage } from '../../test/test-page.ts';
import { system } from '../system.ts';

const notRun = ['needs pulled images', 'needs pulled images', 'needs a cluster'];
describe('the README', () => testPage(`${import.meta.dirname}/../README.md`, system, notRun));
