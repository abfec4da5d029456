import type { NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1.d.ts';
import type { Manifests, Pod } from '../objects.ts';
import { selects } from './select.ts';

/** Everything outside of the overlay. */
const WORLD = 'world';

/**
 * Allowed connections: `dispo -> cleaning:9081`. A connection between two pods counts when the policies of both sides allow it;
 * `world -> ` needs only the ingress, `-> world` only the egress (named by its first label or its address range:
 * `dispo -> kube-dns:53/UDP`). Peers in another namespace are prefixed with it: `monitoring/prometheus -> dispo:9180`.
 */
export function allowedConnections(manifests: Manifests): Set<string> {
  const pods = manifests.pods();
  const policies = manifests.of('NetworkPolicy');
  const inside = pods.flatMap((from) => pods.flatMap((to) => betweenPods(policies, from, to)));
  const fromWorld = pods.flatMap((to) =>
    portsOf(to)
      .filter((port) => ingressAllows(policies, WORLD, to, port))
      .map(({ containerPort }) => `${WORLD} -> ${to.name}:${containerPort}`),
  );
  const fromOtherNamespaces = pods.flatMap((to) => portsOf(to).flatMap((port) => foreigners(policies, to, port)));
  const toWorld = pods.flatMap((from) => outside(policies, from));
  return new Set([...inside, ...fromWorld, ...fromOtherNamespaces, ...toWorld]);
}

interface Port {
  name?: string;
  containerPort: number;
}

function portsOf({ spec }: Pod): Port[] {
  return spec.containers.flatMap(({ ports = [] }) => ports);
}

function betweenPods(policies: NetworkPolicy[], from: Pod, to: Pod): string[] {
  if (from === to) return [];
  return portsOf(to)
    .filter((port) => ingressAllows(policies, from, to, port) && egressAllows(policies, from, to, port))
    .map(({ containerPort }) => `${from.name} -> ${to.name}:${containerPort}`);
}

function concerning(policies: NetworkPolicy[], pod: Pod, type: 'Ingress' | 'Egress') {
  return policies.filter(({ spec }) => spec?.policyTypes?.includes(type) && selects(spec.podSelector, pod.labels));
}

function ingressAllows(policies: NetworkPolicy[], from: Pod | typeof WORLD, to: Pod, port: Port): boolean {
  const concerned = concerning(policies, to, 'Ingress');
  if (concerned.length === 0) return true;
  return concerned
    .flatMap(({ spec }) => spec?.ingress ?? [])
    .some((rule) => portMatches(rule.ports, port) && (!rule.from || (from !== WORLD && isPeer(rule.from, from))));
}

/** Peers outside of the namespace that may reach a port. */
function foreigners(policies: NetworkPolicy[], to: Pod, port: Port): string[] {
  return concerning(policies, to, 'Ingress')
    .flatMap(({ spec }) => spec?.ingress ?? [])
    .filter((rule) => portMatches(rule.ports, port))
    .flatMap(({ from = [] }) => from)
    .filter(({ namespaceSelector, ipBlock }) => namespaceSelector || ipBlock)
    .map(({ namespaceSelector, podSelector }) => {
      const [namespace = WORLD, pod = '*'] = [namespaceSelector, podSelector].map(
        (selector) => Object.values(selector?.matchLabels ?? {})[0],
      );
      return `${namespace}/${pod} -> ${to.name}:${port.containerPort}`;
    });
}

function egressAllows(policies: NetworkPolicy[], from: Pod, to: Pod, port: Port): boolean {
  const concerned = concerning(policies, from, 'Egress');
  if (concerned.length === 0) return true;
  return concerned
    .flatMap(({ spec }) => spec?.egress ?? [])
    .some((rule) => portMatches(rule.ports, port) && (!rule.to || isPeer(rule.to, to)));
}

/** All pods of an overlay share its namespace, so a peer in another one is not among them. */
function isPeer(peers: NetworkPolicyPeer[], pod: Pod): boolean {
  return peers.some((peer) => !peer.namespaceSelector && !peer.ipBlock && selects(peer.podSelector ?? {}, pod.labels));
}

function portMatches(rules: NetworkPolicyPort[] | undefined, { name, containerPort }: Port): boolean {
  if (!rules) return true;
  return rules.some(({ port, protocol = 'TCP' }) => protocol === 'TCP' && (port === name || port === containerPort));
}

function outside(policies: NetworkPolicy[], from: Pod): string[] {
  const concerned = concerning(policies, from, 'Egress');
  if (concerned.length === 0) return [`${from.name} -> ${WORLD}`];
  return concerned
    .flatMap(({ spec }) => spec?.egress ?? [])
    .flatMap(({ to, ports }) => {
      if (!to) return [`${from.name} -> ${WORLD}`];
      const names = to
        .filter(({ namespaceSelector, ipBlock }) => namespaceSelector || ipBlock)
        .map(({ podSelector, ipBlock }) => ipBlock?.cidr ?? Object.values(podSelector?.matchLabels ?? {})[0] ?? WORLD);
      return names.flatMap((name) =>
        (ports ?? [{}]).map(({ port, protocol }) => `${from.name} -> ${name}:${port}${protocol ? `/${protocol}` : ''}`),
      );
    });
}
