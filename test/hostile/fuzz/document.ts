import { httpJson } from '@hotel/trace-test';
import type { Schema, Schemas } from './schema.ts';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema: Schema;
}

/** One method of one path. */
export interface Operation {
  method: string;
  /** `/api/v1/rooms/{id}` */
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

export interface Api {
  url: string;
  operations: Operation[];
  schemas: Schemas;
}

interface Written {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Operation['responses'];
}

/** The OpenAPI document of a running service. */
export async function readApi(url: string): Promise<Api> {
  const { body } = await httpJson<{
    paths: Record<string, Record<string, Written>>;
    components: { schemas: Schemas };
  }>(`${url}/openapi.json`);
  const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content['application/json']?.schema,
      responses,
    })),
  );
  return { url, operations, schemas: body.components.schemas };
}

/** The operation of a request; undefined when method and path match none. */
export function operationOf({ operations }: Api, method: string, target: string): Operation | undefined {
  const [path = ''] = target.split('?');
  const found = operations.filter((operation) => {
    const pattern = operation.path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+');
    return new RegExp(`^${pattern}/?$`).test(path) && operation.method === (method === 'HEAD' ? 'GET' : method);
  });
  // `free` in `/rooms/free` is not an id.
  return found.find((operation) => !operation.path.includes('{')) ?? found[0];
}
