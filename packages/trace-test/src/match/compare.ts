import type { SpanShape } from '../shape.ts';
import type { AttributeValue, Span } from '../span.ts';
import { assign } from './assign.ts';
import type { SpanNode } from './tree.ts';

type LeafShape = Omit<SpanShape, 'children'>;

export interface Context {
  /** Names from the root down to the current span. */
  path: string;
  /** The whole trace, to report where a missing span is instead. */
  spans: readonly Span[];
}

/** Whether the shape describes this span, even if details differ. */
export function isLike(span: Span, shape: LeafShape): boolean {
  return span.service === shape.service && span.kind === shape.kind && matchesText(span.name, shape.name);
}

export function describe({ service, kind, name }: Span | LeafShape): string {
  return `${service} ${kind} ${name}`;
}

/** Differences in the span itself. */
export function compareSpan(span: Span, shape: LeafShape, { path }: Context): string[] {
  const mismatches: string[] = [];
  const compare = (what: string, expected: unknown, found: unknown) => {
    if (found !== expected) mismatches.push(`${path}: expected ${what} ${expected}, found ${found}`);
  };
  compare('service', shape.service, span.service);
  compare('kind', shape.kind, span.kind);
  if (!matchesText(span.name, shape.name)) {
    mismatches.push(`${path}: expected the name ${shape.name}, found ${span.name}`);
  }
  if (span.status.code !== (shape.status ?? 'UNSET')) {
    const message = span.status.message ? ` (${span.status.message})` : '';
    mismatches.push(`${path}: expected status ${shape.status ?? 'UNSET'}, found ${span.status.code}${message}`);
  }
  for (const [key, expected] of Object.entries(shape.attributes ?? {})) {
    const found = span.attributes[key];
    if (found === undefined) {
      mismatches.push(`${path}: attribute ${key} is missing, expected ${print(expected)}`);
    } else if (expected instanceof RegExp ? !matchesText(asText(found), expected) : found !== expected) {
      mismatches.push(`${path}: attribute ${key} is ${print(found)}, expected ${print(expected)}`);
    }
  }
  for (const name of shape.events ?? []) {
    if (!span.events.some((event) => event.name === name)) mismatches.push(`${path}: event ${name} is missing`);
  }
  return mismatches;
}

/** Differences below the span. */
export function compareChildren(node: SpanNode, shape: SpanShape, context: Context): string[] {
  const shapes = shape.children ?? [];
  const compare = (child: SpanNode, childShape: SpanShape) => {
    const below = { ...context, path: `${context.path} > ${child.span.name}` };
    return [...compareSpan(child.span, childShape, below), ...compareChildren(child, childShape, below)];
  };
  // First as many pairs as possible that agree in everything; then, for each remaining shape, the span that it most likely meant.
  const pairs = assign(shapes, node.children, (childShape, child) => compare(child, childShape).length === 0);
  const taken = new Set(pairs.values());
  const mismatches: string[] = [];
  for (const [index, childShape] of shapes.entries()) {
    if (pairs.has(index)) continue;
    const [closest] = node.children
      .filter((child) => !taken.has(child) && isLike(child.span, childShape))
      .map((child) => ({ child, differences: compare(child, childShape) }))
      .sort((a, b) => a.differences.length - b.differences.length);
    if (closest) {
      taken.add(closest.child);
      mismatches.push(...closest.differences);
    } else {
      mismatches.push(`${context.path}: ${describe(childShape)} is missing${whereInstead(childShape, node, context)}`);
    }
  }
  for (const child of node.children) {
    if (!taken.has(child)) mismatches.push(...compareExtra(child, shape.mayHave ?? [], node, context));
  }
  return mismatches;
}

/** A span that no shape names must be allowed by the list, and so must everything below it. */
function compareExtra(node: SpanNode, allowed: readonly LeafShape[], parent: SpanNode, context: Context): string[] {
  const below = { ...context, path: `${context.path} > ${node.span.name}` };
  const [closest] = allowed
    .filter((shape) => isLike(node.span, shape))
    .map((shape) => ({ shape, differences: compareSpan(node.span, shape, below) }))
    .sort((a, b) => a.differences.length - b.differences.length);
  const twins = parent.children.filter(({ span }) => describe(span) === describe(node.span)).length;
  const mismatches: string[] = [];
  if (closest === undefined) {
    const count = twins > 1 ? ` (there are ${twins} of them)` : '';
    mismatches.push(`${context.path}: ${describe(node.span)} is unexpected${count}`);
  } else if (closest.differences.length > 0) {
    mismatches.push(
      `${context.path}: ${describe(node.span)} is unexpected; ${describe(closest.shape)} may be there, but ${closest.differences.join(', ')}`,
    );
  }
  const allowedBelow = closest ? [...allowed, ...(closest.shape.mayHave ?? [])] : [];
  return [...mismatches, ...node.children.flatMap((child) => compareExtra(child, allowedBelow, node, below))];
}

function whereInstead(shape: SpanShape, parent: SpanNode, { spans }: Context): string {
  const elsewhere = spans.filter((span) => isLike(span, shape) && span.parentSpanId !== parent.span.spanId);
  if (elsewhere.length === 0) return '';
  const places = elsewhere.map(({ parentSpanId }) => {
    const above = spans.find(({ spanId }) => spanId === parentSpanId);
    return above ? `below ${describe(above)}` : 'without its parent';
  });
  return ` (there is one ${[...new Set(places)].join(', and one ')})`;
}

/** `search` always starts at the beginning, whatever the expression's flags and `lastIndex`. */
function matchesText(text: string, expected: string | RegExp): boolean {
  return typeof expected === 'string' ? text === expected : text.search(expected) !== -1;
}

function asText(value: AttributeValue): string {
  return typeof value === 'object' && value !== null ? print(value) : String(value);
}

function print(value: AttributeValue | RegExp): string {
  if (value instanceof RegExp) return String(value);
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}
