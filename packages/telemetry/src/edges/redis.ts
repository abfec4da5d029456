import { SpanKind } from '@opentelemetry/api';
import {
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '../attributes.ts';
import { telemetryState } from '../setup/state.ts';
import { endLeaf, failLeaf, type Leaf, LeafKind, startLeaf } from './leaf.ts';

/** A command of ioredis, which settles it once by calling one of the two. */
interface Command {
  name: string;
  inTransaction?: boolean;
  pipelineIndex?: number | undefined;
  resolve(reply: unknown): unknown;
  reject(error: Error): void;
}

interface Client {
  options: { host?: string | undefined; port?: number | undefined };
  sendCommand(command: Command, ...rest: unknown[]): unknown;
}

/**
 * Makes the clients of a class, ioredis' `Redis`, record a CLIENT span for each command inside a trace
 * (https://opentelemetry.io/docs/specs/semconv/database/redis/). Commands outside a trace, such as those of a queue's
 * housekeeping, get no span: each would be its own trace. Arguments are not recorded: they are the jobs, with guest data.
 *
 * Written here because `instrumentation-ioredis` hooks every `require` of the process (docs/adr/001).
 */
export function traceRedis(clients: { prototype: object }): void {
  if (!telemetryState.enabled) return;
  const prototype = clients.prototype as Client;
  const { sendCommand } = prototype;
  prototype.sendCommand = function (command, ...rest) {
    const kind = kindOf(command, this);
    const leaf = startLeaf(kind);
    if (leaf) endOnReply(command, kind, leaf);
    return sendCommand.call(this, command, ...rest);
  };
}

const kinds = new WeakMap<Client, Map<string, LeafKind>>();

function kindOf(command: Command, client: Client): LeafKind {
  const operation = operationOf(command);
  const ofClient = kinds.get(client) ?? new Map<string, LeafKind>();
  const known = ofClient.get(operation);
  if (known) return known;
  const { host, port } = client.options;
  const kind = new LeafKind(command.name, SpanKind.CLIENT, {
    [ATTR_DB_SYSTEM_NAME]: 'redis',
    [ATTR_DB_OPERATION_NAME]: operation,
    [ATTR_DB_QUERY_TEXT]: command.name,
    ...(host === undefined ? {} : { [ATTR_SERVER_ADDRESS]: host }),
    ...(port === undefined ? {} : { [ATTR_SERVER_PORT]: port }),
  });
  kinds.set(client, ofClient.set(operation, kind));
  return kind;
}

/** The conventions ask for a prefix of commands in a batch. */
function operationOf({ name, inTransaction, pipelineIndex }: Command): string {
  if (name === 'multi' || name === 'exec') return name;
  if (inTransaction) return `MULTI ${name}`;
  return pipelineIndex === undefined ? name : `PIPELINE ${name}`;
}

function endOnReply(command: Command, kind: LeafKind, leaf: Leaf): void {
  const { resolve, reject } = command;
  command.resolve = (reply) => {
    // A reply that cannot be converted is rejected as well.
    Object.assign(command, { resolve, reject });
    endLeaf(leaf);
    return resolve(reply);
  };
  command.reject = (error) => {
    Object.assign(command, { resolve, reject });
    const status = statusOf(error);
    failLeaf(kind, leaf, error, status ? { [ATTR_DB_RESPONSE_STATUS_CODE]: status, [ATTR_ERROR_TYPE]: status } : {});
    reject(error);
  };
}

/** The prefix of a simple error: `OOM`, `WRONGTYPE`. */
function statusOf({ name, message }: Error): string | undefined {
  return name === 'ReplyError' ? /^-?([A-Z][A-Z0-9_]+)(?= )/.exec(message)?.[1] : undefined;
}
