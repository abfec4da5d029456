export type { Board, FrontDesk, FrontDeskOptions } from './routes.ts';
export { frontDeskRoutes, isOpenPath } from './routes.ts';
