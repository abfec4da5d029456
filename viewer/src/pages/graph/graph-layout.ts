import type { Edge, Graph, ServiceNode } from '../../analysis/graph.ts';

export const NODE_WIDTH = 168;
export const NODE_HEIGHT = 48;
const COLUMN = NODE_WIDTH + 190;
const ROW = NODE_HEIGHT + 56;
const MARGIN = 24;

export interface PlacedNode {
  service: ServiceNode;
  x: number;
  y: number;
}

export interface PlacedEdge {
  edge: Edge;
  path: string;
  /** Position of the label. */
  x: number;
  y: number;
}

export interface Placed {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  width: number;
  height: number;
}

/** Columns from callers to callees; a backward edge is drawn as an arc below. */
export function placeGraph({ services, edges }: Graph): Placed {
  const nodes = placeNodes(services, edges, columnsOf(services, edges));
  const between = new Map<string, number>();
  const placed = edges.flatMap((edge): PlacedEdge[] => {
    const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    const pair = JSON.stringify([edge.from, edge.to].sort());
    const lane = between.get(pair) ?? 0;
    between.set(pair, lane + 1);
    return [{ edge, ...route(from, to, lane) }];
  });
  const right = [...nodes.values()].reduce((max, node) => Math.max(max, node.x), 0);
  const lowest = [...nodes.values()].reduce((max, node) => Math.max(max, node.y), 0);
  const arcs = placed.reduce((max, edge) => Math.max(max, edge.y), 0);
  return {
    nodes: [...nodes.values()],
    edges: placed,
    width: right + NODE_WIDTH + MARGIN,
    height: Math.max(lowest + NODE_HEIGHT, arcs + 24) + MARGIN,
  };
}

/**
 * Rows within the columns. A service is placed level with its callers, which avoids crossings; unconnected ones come
 * last.
 */
function placeNodes(services: ServiceNode[], edges: Edge[], columns: Map<string, number>): Map<string, PlacedNode> {
  const nodes = new Map<string, PlacedNode>();
  const connected = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const inColumns = Map.groupBy(services, ({ name }) => columns.get(name) ?? 0);
  for (const column of [...inColumns.keys()].sort((a, b) => a - b)) {
    const members = (inColumns.get(column) ?? []).map((service) => ({
      service,
      level: connected.has(service.name) ? levelOf(service.name, edges, nodes) : Number.POSITIVE_INFINITY,
    }));
    for (const [row, { service }] of members
      .sort((a, b) => (a.level < b.level ? -1 : Number(a.level > b.level)))
      .entries()) {
      nodes.set(service.name, { service, x: MARGIN + column * COLUMN, y: MARGIN + row * ROW });
    }
  }
  return nodes;
}

/** The mean height of the neighbours placed so far. */
function levelOf(name: string, edges: Edge[], nodes: Map<string, PlacedNode>): number {
  const neighbours = edges.flatMap(({ from, to }) => (from === name ? [to] : to === name ? [from] : []));
  const heights = neighbours.flatMap((neighbour) => nodes.get(neighbour)?.y ?? []);
  return heights.reduce((sum, y) => sum + y, 0) / Math.max(1, heights.length);
}

/** The column of each service: right of all its callers, ignoring cycles. */
export function columnsOf(services: ServiceNode[], edges: Edge[]): Map<string, number> {
  const forward = withoutCircles(services, edges);
  const columns = new Map(services.map(({ name }) => [name, 0]));
  // One round per service suffices for the longest chain.
  for (let round = 0; round < services.length; round++) {
    let moved = false;
    for (const { from, to } of forward) {
      const column = (columns.get(from) ?? 0) + 1;
      if (column > (columns.get(to) ?? 0)) {
        columns.set(to, column);
        moved = true;
      }
    }
    if (!moved) break;
  }
  return columns;
}

/** Drops edges that close a cycle in a depth-first walk from the busiest callers. */
function withoutCircles(services: ServiceNode[], edges: Edge[]): Edge[] {
  const balance = new Map(services.map(({ name }) => [name, 0]));
  for (const { from, to, calls, via } of edges) {
    // A service that sends jobs is a more likely start than one that calls back.
    const weight = via === 'queue' ? calls * 2 : calls;
    balance.set(from, (balance.get(from) ?? 0) + weight);
    balance.set(to, (balance.get(to) ?? 0) - weight);
  }
  const kept: Edge[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const order = services.map(({ name }) => name).sort((a, b) => (balance.get(b) ?? 0) - (balance.get(a) ?? 0));
  const outgoing = Map.groupBy(edges, ({ from }) => from);
  const visit = (name: string): void => {
    state.set(name, 'open');
    for (const edge of outgoing.get(name) ?? []) {
      if (state.get(edge.to) === 'open') continue;
      kept.push(edge);
      if (!state.has(edge.to)) visit(edge.to);
    }
    state.set(name, 'done');
  };
  for (const name of order) if (!state.has(name)) visit(name);
  return kept;
}

function route(from: PlacedNode, to: PlacedNode, lane: number): { path: string; x: number; y: number } {
  const middle = NODE_HEIGHT / 2;
  if (from.x < to.x) {
    const [x1, y1, x2, y2] = [
      from.x + NODE_WIDTH,
      from.y + middle - 8 + lane * 14,
      to.x,
      to.y + middle - 8 + lane * 14,
    ];
    const bend = (x1 + x2) / 2;
    return { path: `M${x1},${y1} C${bend},${y1} ${bend},${y2} ${x2},${y2}`, x: bend, y: (y1 + y2) / 2 - 14 };
  }
  const [x1, x2] = [from.x + NODE_WIDTH / 2 - 12, to.x + NODE_WIDTH / 2 + 12];
  const [y1, y2] = [from.y + NODE_HEIGHT, to.y + NODE_HEIGHT];
  const dip = Math.max(y1, y2) + 58 + lane * 30;
  return {
    path: `M${x1},${y1} C${x1},${dip} ${x2},${dip} ${x2},${y2}`,
    x: (x1 + x2) / 2,
    y: dip - (dip - Math.max(y1, y2)) / 4 + 18,
  };
}
