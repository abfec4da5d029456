export { createApp, type ErrorTable } from './app.ts';
export { type Checks, healthRoutes } from './health.ts';
export { linkNextPage, type Page, pageQuerySchema } from './page.ts';
export { problem, problemSchema } from './problem.ts';
