import type { Attributes } from '@opentelemetry/api';
import type { InstrumentationScope } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import type { AttributeWriter } from './attributes.ts';
import { writeCount, writeString } from './fields.ts';
import { BYTES, ProtobufWriter } from './protobuf-writer.ts';

type Scope = InstrumentationScope & { attributes?: Attributes; droppedAttributesCount?: number };

/** What a request groups its items by. */
interface Item {
  readonly resource: Resource;
  readonly instrumentationScope: Scope;
}

/** Writes one item as a nested message, with its length. */
type WriteItem<Of> = (writer: ProtobufWriter, item: Of) => void;

/**
 * Returns a function that writes a request: OTLP's `ExportTraceServiceRequest` and `ExportLogsServiceRequest` have the
 * same fields above their items.
 */
export function createRequestWriter<Of extends Item>(attributes: AttributeWriter, writeItem: WriteItem<Of>) {
  let lastSize = 0;
  return (items: Of[]): Buffer => {
    const writer = new ProtobufWriter(lastSize);
    for (const [resource, scopes] of byResourceAndScope(items)) {
      writer.tag(1, BYTES);
      const start = writer.begin();
      writeResource(writer, attributes, resource);
      for (const [scope, ofScope] of scopes) {
        writer.tag(2, BYTES);
        const scopeStart = writer.begin();
        writeScope(writer, attributes, scope);
        for (const item of ofScope) {
          writer.tag(2, BYTES);
          writeItem(writer, item);
        }
        if (scope.schemaUrl) writeString(writer, 3, scope.schemaUrl);
        writer.end(scopeStart);
      }
      if (resource.schemaUrl) writeString(writer, 3, resource.schemaUrl);
      writer.end(start);
    }
    const request = writer.finish();
    lastSize = request.length;
    return request;
  };
}

function byResourceAndScope<Of extends Item>(items: Of[]): Map<Resource, Map<Scope, Of[]>> {
  const resources = new Map<Resource, Map<Scope, Of[]>>();
  for (const item of items) {
    const scopes = resources.get(item.resource) ?? new Map<Scope, Of[]>();
    if (scopes.size === 0) resources.set(item.resource, scopes);
    const known = scopes.get(item.instrumentationScope);
    if (known) known.push(item);
    else scopes.set(item.instrumentationScope, [item]);
  }
  return resources;
}

function writeResource(writer: ProtobufWriter, attributes: AttributeWriter, resource: Resource): void {
  writer.tag(1, BYTES);
  const start = writer.begin();
  attributes.write(writer, resource.attributes, 1);
  writeCount(writer, 2, 0);
  writer.end(start);
}

function writeScope(writer: ProtobufWriter, attributes: AttributeWriter, scope: Scope): void {
  writer.tag(1, BYTES);
  const start = writer.begin();
  writeString(writer, 1, scope.name);
  if (scope.version) writeString(writer, 2, scope.version);
  if (scope.attributes) attributes.write(writer, scope.attributes, 3);
  if (scope.droppedAttributesCount) writeCount(writer, 4, scope.droppedAttributesCount);
  writer.end(start);
}
