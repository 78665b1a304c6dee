import type { Instant, Message } from '@murmuration/kernel';
import type { DecodeRecord } from '@murmuration/messaging';
import { systemNow } from '../http/command-context';
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
  close(): Promise<void>;
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
    close: async () => {
      await service.app.close();
      await storage.close();
    },
  };
};
