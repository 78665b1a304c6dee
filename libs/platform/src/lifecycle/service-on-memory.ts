import { encodeRecord, topicOf, type IntegrationEvent, type ServiceName } from '@murmuration/contracts';
import { derivedId, type Executed } from '@murmuration/event-store';
import { assert, type Instant, type Message } from '@murmuration/kernel';
import type { DecodeRecord } from '@murmuration/messaging';
import { randomUUID } from 'node:crypto';
import { systemNow } from '../http/command-context';
import type { VersionDiffers } from '../commands/conditional-model';
import type { FieldError } from '../http/problem';
import { createLogger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { serviceCore } from '../service-core';
import { assembleService, type AssembledService } from './assemble-service';
import type { ServiceDefinition } from './service-definition';
import { memoryStorage, type ServiceStorage } from './service-storage';

const BODY_LIMIT_BYTES = 256 * 1024;

export type ServiceOnMemory<
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
> = AssembledService<Command, Event, State, Rejection> & {
  readonly storage: ServiceStorage;
  /** What its handlers make of a record. */
  readonly decode: DecodeRecord;
  /** Carries out what its handlers make of an event that another service said, and answers how each command ended. */
  readonly hear: (event: IntegrationEvent) => Promise<readonly Executed<Event, Rejection | VersionDiffers>[]>;
  /** Sends a request to a path below `/v1`. A body that is no text is sent as JSON. */
  readonly send: SendRequest;
  close(): Promise<void>;
};

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The fields that a problem document names. */
  readonly fields: readonly string[];
};

export type SendRequest = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Reply>;

const sender =
  (app: AssembledService<never, never, never, never>['app']): SendRequest =>
  async (method, path, body, headers = {}) => {
    const content =
      body === undefined
        ? { headers }
        : {
            payload: typeof body === 'string' ? body : JSON.stringify(body),
            headers: { 'content-type': 'application/json', ...headers },
          };
    const answer = await app.inject({ method, url: `/v1${path}`, ...content });
    const json = answer.body === '' ? {} : answer.json<Record<string, unknown>>();
    const errors = (json.errors ?? []) as readonly FieldError[]; // because every problem document has them like this
    return {
      ...{ status: answer.statusCode, headers: answer.headers, body: json },
      fields: errors.map(({ field }) => field),
    };
  };

/** An event as a record that the service whose name it bears has sent. */
const recordOf = (event: IntegrationEvent, time: Instant) => {
  const source = event.name.split('.')[0] as ServiceName; // because every event is named after its service
  const { key, value, headers } = encodeRecord(event, {
    ...{ id: randomUUID(), source, time, correlationId: 'test', causationId: 'test', hop: 1 },
  });
  return {
    topic: topicOf(source),
    partition: 0,
    offset: '0',
    key,
    value: Buffer.from(value),
    headers,
    timestamp: time,
  };
};

/** A whole service in this process, without a socket: `app.inject` sends it requests, and what it hears is handed to it. */
export const serviceOnMemory = async <
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>(
  definition: ServiceDefinition<Command, Event, State, Rejection, Effect, Result>,
  {
    now = systemNow,
    storage = memoryStorage(now),
  }: { readonly now?: () => Instant; readonly storage?: ServiceStorage } = {},
): Promise<ServiceOnMemory<Command, Event, State, Rejection>> => {
  let decode: DecodeRecord = () => ({ kind: 'undecodable', reason: 'not started' });
  const service = await assembleService(definition, serviceCore(definition.rules, storage.store), {
    ...{ storage, now, bodyLimitBytes: BODY_LIMIT_BYTES },
    logger: createLogger(definition.service, 'silent'),
    metrics: new Metrics(definition.service),
    consume: (given) => {
      decode = given;
      return Promise.resolve({ stop: () => Promise.resolve() });
    },
  });
  await service.app.init();
  await service.app.startAllMicroservices();
  await service.app.getHttpAdapter().getInstance().ready();
  return {
    ...service,
    storage,
    decode: (record) => decode(record),
    hear: async (event) => {
      const decoded = await decode(recordOf(event, now()));
      assert(decoded.kind === 'heard', `${definition.service} to hear ${event.name}`);
      const { heard, reaction } = decoded;
      const { id: causationId, correlationId, hop } = heard;
      const commands = reaction.commands as readonly Command[]; // because its own handlers made them
      return Promise.all(
        commands.map((command, index) =>
          service.core.processor.execute({
            commandId: derivedId(causationId, reaction.step, String(index)),
            command,
            metadata: { correlationId, causationId, actor: reaction.step, hop },
          }),
        ),
      );
    },
    send: sender(service.app),
    close: async () => {
      await service.app.close();
      await storage.close();
    },
  };
};
