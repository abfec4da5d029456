import type { Container } from 'kubernetes-types/core/v1.d.ts';
import { everyContainer, type Pod } from '../objects.ts';
import type { Rule } from './rules.ts';

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/** The `restricted` Pod Security Standard (kubernetes.io/docs/concepts/security/pod-security-standards), and our additional requirements. */
export const podsAreRestricted: Rule = (manifests) => [
  ...manifests
    .of('Namespace')
    .filter(({ metadata }) => metadata.labels?.['pod-security.kubernetes.io/enforce'] !== 'restricted')
    .map(({ metadata }) => `the Namespace ${metadata.name} does not enforce the restricted standard`),
  ...manifests
    .pods()
    .flatMap((pod) =>
      [...podProblems(pod), ...everyContainer(pod).flatMap(containerProblems)].map((what) => `${pod.name}: ${what}`),
    ),
];

function podProblems({ spec }: Pod): string[] {
  const { securityContext: security = {}, volumes = [] } = spec;
  return problems({
    'runs as root': !security.runAsNonRoot || !security.runAsUser,
    'has no seccomp profile': security.seccompProfile?.type !== 'RuntimeDefault',
    'uses a namespace of the host': spec.hostNetwork || spec.hostPID || spec.hostIPC,
    'has a volume of a kind that is not allowed': volumes.some((volume) =>
      Object.keys(volume).some((key) => key !== 'name' && !VOLUMES.includes(key)),
    ),
    'mounts a service account token': spec.automountServiceAccountToken !== false,
    'has environment variables with the addresses of Services, which look like our settings':
      spec.enableServiceLinks !== false,
  });
}

function containerProblems({ name, securityContext: security = {}, ports = [] }: Container): string[] {
  const { add = [], drop = [] } = security.capabilities ?? {};
  return problems({
    'may escalate its privileges': security.allowPrivilegeEscalation !== false || security.privileged,
    'keeps capabilities': !drop.includes('ALL') || add.length > 0,
    'runs as root': security.runAsNonRoot === false || security.runAsUser === 0,
    'may write to its root file system': security.readOnlyRootFilesystem !== true,
    'uses a port of the host': ports.some(({ hostPort }) => hostPort !== undefined),
  }).map((problem) => `the container ${name} ${problem}`);
}

function problems(found: Record<string, boolean | undefined>): string[] {
  return Object.keys(found).filter((problem) => found[problem]);
}
