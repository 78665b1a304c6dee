import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { APP_INTERCEPTOR, Reflector } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { Message } from '@murmuration/kernel';
import type { Backlog } from '@murmuration/messaging';
import type { Versioned } from './commands/conditional-model';
import { ExecuteHandler } from './commands/execute';
import { ReadEventsHandler, ReadStateHandler } from './commands/read';
import { HealthController } from './health/health.controller';
import { Health } from './health/health';
import { AnswerInterceptor, type RejectionStatus } from './http/answer.interceptor';
import { MetricsController } from './metrics/metrics.controller';
import { Metrics } from './metrics/metrics';
import { PARKED_RECORDS, ParkedController, type ParkedRecords } from './parked/parked.controller';
import type { ServiceCore } from './service-core';

export type ServiceModuleOptions<Command extends Message, Event extends Message, State, Rejection extends Message> = {
  readonly core: ServiceCore<Command, Event, State, Rejection>;
  readonly rejectionStatus: RejectionStatus<Rejection>;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly parked: ParkedRecords;
  /** Says whether anything new may be begun. */
  readonly backlog?: Pick<Backlog, 'admit'>;
  /** The types of the commands that are carried out in any case. */
  readonly finishing?: readonly Command['type'][];
  /** The service's own: its REST routes, and its reactions to events. */
  readonly controllers: readonly Type[];
  readonly providers?: readonly Provider[];
};

/** What all services are alike in, around the routes, reactions and rules that a service brings. */
export class ServiceModule {
  static forService<Command extends Message, Event extends Message, State, Rejection extends Message>({
    core,
    rejectionStatus,
    health,
    metrics,
    parked,
    backlog,
    finishing = [],
    controllers,
    providers = [],
  }: ServiceModuleOptions<Command, Event, State, Rejection>): DynamicModule {
    const execute = new ExecuteHandler({
      processor: core.processor,
      streams: core.streams,
      streamOf: core.model.streamOf as (event: Message) => string, // because the bus carries messages of any service
      leftBy: core.leftBy as (event: Message) => Versioned<State> | undefined, // because of the same
      ...(backlog === undefined ? {} : { backlog }),
      finishing: new Set(finishing),
      onExecuted: metrics.commandEnded,
    });
    return {
      module: ServiceModule,
      imports: [CqrsModule.forRoot()],
      controllers: [HealthController, MetricsController, ParkedController, ...controllers],
      providers: [
        { provide: ExecuteHandler, useFactory: () => execute, inject: [] },
        { provide: ReadStateHandler, useFactory: () => new ReadStateHandler(core.streams), inject: [] },
        { provide: ReadEventsHandler, useFactory: () => new ReadEventsHandler(core.streams), inject: [] },
        {
          provide: APP_INTERCEPTOR,
          useFactory: (reflector: Reflector) => new AnswerInterceptor(reflector, rejectionStatus),
          inject: [Reflector],
        },
        { provide: Health, useValue: health },
        { provide: Metrics, useValue: metrics },
        { provide: PARKED_RECORDS, useValue: parked },
        ...providers,
      ],
    };
  }
}
