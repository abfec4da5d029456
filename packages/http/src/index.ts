export { setHeader } from './answer-header.ts';
export { createApp, databaseErrors, type ErrorTable } from './app.ts';
export {
  answerTagged,
  type Expected,
  entityTag,
  expectedBy,
  ifMatchHeaders,
  ifNoneMatchHeaders,
  notModified,
  tagHeader,
} from './conditional.ts';
export { describeApi } from './describe.ts';
export { callerOf, type Guard } from './guard/guard.ts';
export { internalTokenSettings, tokenToSend } from './guard/internal.ts';
export { guardOf, guardSettings } from './guard/settings.ts';
export { type Checks, healthRoutes } from './health.ts';
export { positiveSchema } from './integers.ts';
export { answerHeader, idParams, idSchema, jsonAnswer, jsonBody, pageAnswer, problems } from './openapi.ts';
export { afterIdSchema, idCursor, limitSchema, MAX_LIMIT, pageQuerySchema, readPage } from './page.ts';
export { problem } from './problem.ts';
export { tracePages } from './trace-pages.ts';
