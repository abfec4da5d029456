export { createApp, type ErrorTable } from './app.ts';
export { type Checks, healthRoutes } from './health.ts';
export { idParams, jsonAnswer, jsonBody, problems } from './openapi.ts';
export { linkNextPage, type Page, pageQuerySchema } from './page.ts';
export { problem } from './problem.ts';
