export { setHeader } from './answer-header.ts';
export { createApp, databaseErrors, type ErrorTable } from './app.ts';
export { callerOf, type Guard } from './guard/guard.ts';
export { internalTokenSettings, tokenToSend } from './guard/internal.ts';
export { peerOf } from './guard/peer.ts';
export { createRateLimit } from './guard/rate-limit.ts';
export { guardOf, guardSettings } from './guard/settings.ts';
export { type Checks, healthRoutes } from './health.ts';
export { answerHeader, idParams, idSchema, jsonAnswer, jsonBody, pageAnswer, problems } from './openapi/answers.ts';
export { dateSchema } from './openapi/date.ts';
export { describeApi } from './openapi/describe.ts';
export { positiveSchema } from './openapi/integers.ts';
export { problem } from './problem.ts';
export {
  answerTagged,
  type Expected,
  entityTag,
  expectedBy,
  ifMatchHeaders,
  ifNoneMatchHeaders,
  notModified,
  tagHeader,
} from './request/conditional.ts';
export { afterIdSchema, idCursor, limitSchema, MAX_LIMIT, pageQuerySchema, readPage } from './request/page.ts';
export { tracePages } from './trace-pages.ts';
