import type { Schema } from './example.ts';

export interface ApiInfo {
  title: string;
  description: string;
  version: string;
  /** One tag per resource, named after the path segment that follows `/api/v1/`. */
  tags: Tag[];
}

export interface Tag {
  name: string;
  description: string;
}

/** The parts of a generated OpenAPI 3.1 document that this package reads. */
export interface ApiDocument {
  openapi: string;
  info: Omit<ApiInfo, 'tags'>;
  servers: Array<{ url: string }>;
  tags: Tag[];
  paths: Record<string, Record<string, Operation>>;
  webhooks?: unknown;
  components: {
    schemas: Record<string, Schema>;
    headers?: Record<string, unknown>;
    securitySchemes?: Record<string, unknown>;
  };
}

export interface Operation {
  operationId?: string;
  tags?: string[];
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Answer>;
  security?: Array<Record<string, string[]>>;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: Schema & { description?: string };
}

interface Media {
  schema: Schema;
  example?: unknown;
}

export interface Answer {
  description: string;
  headers?: Record<string, unknown>;
  content?: Record<string, Media>;
}
