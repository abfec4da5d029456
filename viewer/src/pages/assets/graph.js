// Highlights the callers and callees of the hovered service.
const graph = document.querySelector('.graph');
const nodes = [...(graph?.querySelectorAll('.node') ?? [])];
const edges = [...(graph?.querySelectorAll('.edge') ?? [])];

function light(node) {
  const near = new Set([node?.dataset.node]);
  for (const edge of edges) {
    const { from, to } = edge.dataset;
    const [out, into] = [from, to].map((end) => end === node?.dataset.node);
    const lit = out || into;
    edge.classList.toggle('out', out);
    edge.classList.toggle('in', into && !out);
    edge.classList.toggle('unlit', node !== undefined && !lit);
    if (lit) near.add(from).add(to);
  }
  for (const other of nodes) other.classList.toggle('unlit', node !== undefined && !near.has(other.dataset.node));
}

for (const node of nodes) {
  node.addEventListener('pointerenter', () => light(node));
  node.addEventListener('pointerleave', () => light(undefined));
  node.addEventListener('focusin', () => light(node));
  node.addEventListener('focusout', () => light(undefined));
}
