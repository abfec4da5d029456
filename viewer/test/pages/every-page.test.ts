import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/viewer.ts';
import { borrowBrowser, complaintsOf } from '../browser/browser.ts';
import { chromiumPath } from '../browser/chromium.ts';
import { named, openHostileViewer, PATHS } from '../support/hostile.ts';

borrowBrowser();

describe.skipIf(chromiumPath === undefined)('hostile telemetry', () => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await openHostileViewer();
  });
  afterAll(() => viewer?.close());

  const pages = PATHS.filter((path) => !path.startsWith('/assets'));
  // A test per page, so that the pages do not share the time limit of one test.
  test.each(pages.map(named))('executes nothing in a browser on %s', async (_, path) => {
    expect(await complaintsOf(viewer, path)).toEqual([]);
  });
});
