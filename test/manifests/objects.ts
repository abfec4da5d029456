import type { IScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.d.ts';
import type {
  ConfigMap,
  Container,
  Namespace,
  PersistentVolumeClaim,
  PodSpec,
  Secret,
  Service,
  ServiceAccount,
} from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { parseAllDocuments } from 'yaml';

interface Kinds {
  Namespace: Namespace;
  Deployment: Deployment;
  StatefulSet: StatefulSet;
  HorizontalPodAutoscaler: HorizontalPodAutoscaler;
  ScaledObject: IScaledObject;
  Service: Service;
  ServiceAccount: ServiceAccount;
  PersistentVolumeClaim: PersistentVolumeClaim;
  ConfigMap: ConfigMap;
  Secret: Secret;
  NetworkPolicy: NetworkPolicy;
  PodDisruptionBudget: PodDisruptionBudget;
}

export type Kind = keyof Kinds;

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
}

/** The rendered objects of an overlay. */
export class Manifests {
  readonly all: readonly KubernetesObject[];

  constructor(yaml: string) {
    this.all = parseAllDocuments(yaml).map((document) => document.toJS() as KubernetesObject);
  }

  of<K extends Kind>(kind: K): Array<Kinds[K] & KubernetesObject> {
    return this.all.filter((object) => object.kind === kind) as unknown as Array<Kinds[K] & KubernetesObject>;
  }

  /** @throws if none has that name */
  one<K extends Kind>(kind: K, name: string): Kinds[K] & KubernetesObject {
    const found = this.of(kind).find(({ metadata }) => metadata.name === name);
    if (found) return found;
    throw new Error(`no ${kind} is called ${name}`);
  }

  pods(): Pod[] {
    const claimsOf = new Map(
      this.of('StatefulSet').map(({ metadata, spec }) => [
        metadata.name,
        spec?.volumeClaimTemplates?.map((claim) => claim.metadata?.name ?? '') ?? [],
      ]),
    );
    return [...this.of('Deployment'), ...this.of('StatefulSet')].map(({ kind, metadata, spec }) => {
      const { template } = spec ?? {};
      if (!template?.spec) throw new Error(`the ${kind} ${metadata.name} has no pod`);
      const claims = claimsOf.get(metadata.name) ?? [];
      return { name: metadata.name, labels: template.metadata?.labels ?? {}, spec: template.spec, claims };
    });
  }

  containers(): Array<{ pod: Pod; container: Container }> {
    return this.pods().flatMap((pod) => pod.spec.containers.map((container) => ({ pod, container })));
  }
}

export interface Pod {
  /** The name of the Deployment or StatefulSet. */
  name: string;
  labels: Record<string, string>;
  spec: PodSpec;
  /** Volumes that a StatefulSet claims for each of its pods. */
  claims: readonly string[];
}

/** All containers of a pod, including init containers. */
export function everyContainer({ spec }: Pod): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}
