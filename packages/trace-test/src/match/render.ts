import type { Span } from '../span.ts';
import { buildTree, type SpanNode } from './tree.ts';

/** The structure of a trace as plain text, one span per line, without times: for error messages. */
export function renderTree(spans: readonly Span[]): string {
  const { roots, orphans } = buildTree(spans);
  const lines: Array<[left: string, right: string]> = [];
  const add = (node: SpanNode, depth: number, note = '') => {
    const { kind, name, service, status } = node.span;
    const error = status.code === 'ERROR' ? `  ERROR${status.message ? `: ${status.message}` : ''}` : '';
    lines.push([`${'  '.repeat(depth)}${kind.padEnd(8)} ${name}`, `${service}${error}${note}`]);
    for (const child of node.children) add(child, depth + 1);
  };
  const several = new Set(spans.map(({ traceId }) => traceId)).size > 1;
  const trace = (span: Span) => (several ? `  (trace ${span.traceId})` : '');
  for (const root of roots) add(root, 0, trace(root.span));
  for (const orphan of orphans) {
    add(orphan, 0, `  (orphan: parent ${orphan.span.parentSpanId} is not in the trace)${trace(orphan.span)}`);
  }
  const width = Math.max(0, ...lines.map(([left]) => left.length));
  return lines.map(([left, right]) => `${left.padEnd(width)}  ${right}`).join('\n') || '(no spans)';
}
