import * as keda from '@kubernetes-models/keda/keda.sh/v1alpha1';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import type { KubernetesObject } from '../objects.ts';

interface Model {
  new (data: never): { validate(): void };
}

const models: Record<string, Record<string, unknown>> = {
  v1: core,
  'apps/v1': apps,
  'autoscaling/v2': autoscaling,
  'keda.sh/v1alpha1': keda,
  'networking.k8s.io/v1': networking,
  'policy/v1': policy,
};

/** Violations of the API's schema, mainly invalid quantities, which the types only describe as strings. */
export function schemaProblems(object: KubernetesObject): string[] {
  const { apiVersion, kind, metadata } = object;
  const Kind = models[apiVersion]?.[kind] as Model | undefined;
  if (!Kind) return [`${kind} ${metadata.name}: ${apiVersion} has no such kind`];
  try {
    new Kind(object as never).validate();
    return [];
  } catch (error) {
    return [`${kind} ${metadata.name}: ${(error as Error).message}`];
  }
}
