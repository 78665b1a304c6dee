import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Instant, Message } from '@murmuration/kernel';
import type { Backlog } from '@murmuration/messaging';
import { Health, type ComponentCheck } from '../health/health';
import { createHttpApp } from '../http/http-app';
import type { Logger } from '../logging/logger';
import type { Metrics } from '../metrics/metrics';
import type { ServiceCore } from '../service-core';
import { ServiceModule } from '../service.module';
import { FlockServer, type Consume } from '../transport/flock-server';
import type { ServiceDefinition } from './service-definition';
import type { ServiceStorage } from './service-storage';

export type Surroundings = {
  readonly storage: ServiceStorage;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly bodyLimitBytes: number;
  readonly consume: Consume;
  /** Says whether anything new may be begun. */
  readonly backlog?: Pick<Backlog, 'admit'>;
  /** Of what the service works with beside its storage. */
  readonly checks?: readonly ComponentCheck[];
  readonly now?: () => Instant;
};

export type AssembledService<Command extends Message, Event extends Message, State, Rejection extends Message> = {
  readonly app: NestFastifyApplication;
  readonly core: ServiceCore<Command, Event, State, Rejection>;
  readonly health: Health;
};

/** Puts a service together. It neither listens nor consumes yet: `app.startAllMicroservices()` and `app.listen()` begin that. */
export const assembleService = async <
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>(
  definition: ServiceDefinition<Command, Event, State, Rejection, Effect, Result>,
  core: ServiceCore<Command, Event, State, Rejection>,
  { storage, logger, metrics, bodyLimitBytes, consume, backlog, checks = [], now }: Surroundings,
): Promise<AssembledService<Command, Event, State, Rejection>> => {
  const { service, docs, rejectionStatus, finishing = [], hears, controllers, providers = [] } = definition;
  const health = new Health([...storage.checks, ...checks]);
  const module = ServiceModule.forService({
    ...{ core, rejectionStatus, health, metrics, parked: storage.inbox, finishing, controllers, providers },
    ...(backlog === undefined ? {} : { backlog }),
  });
  const app = await createHttpApp(module, {
    ...{ service, logger, bodyLimitBytes, docs, onAnswered: metrics.answered },
    ...(now === undefined ? {} : { now }),
  });
  app.connectMicroservice({ strategy: new FlockServer({ service, hears, consume }) });
  return { app, core, health };
};
