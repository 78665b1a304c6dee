import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { jsonCodec, memoryEventStore, type EventStore } from '@murmuration/event-store';
import { accept, instant, reject, type DecisionModel } from '@murmuration/kernel';
import { memoryInbox, type Inbox } from '@murmuration/messaging';
import { z } from 'zod';
import { Execute } from '../commands/execute';
import { ReadState } from '../commands/read';
import { Health } from '../health/health';
import { createLogger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { serviceCore } from '../service-core';
import { ServiceModule } from '../service.module';
import { AnswersWithin, ShownAs, type RejectionStatus } from './answer.interceptor';
import { FromRequest, type CommandContext } from './command-context';
import { Commands, Reads } from './docs';
import { createHttpApp } from './http-app';
import { wholeNumberText } from './query-schemas';

/** A service as small as one can be: tabs in a bar, which are opened, added to, and never run over a limit. */
type Command =
  | { readonly type: 'OpenTab'; readonly tabId: string; readonly guest: string }
  | { readonly type: 'Order'; readonly tabId: string; readonly amount: number };
type Event =
  | { readonly type: 'TabOpened'; readonly tabId: string; readonly guest: string }
  | { readonly type: 'Ordered'; readonly tabId: string; readonly amount: number };
type Tab = { readonly guest: string; readonly total: number } | undefined;
type Rejection =
  | { readonly type: 'TabNotFound' }
  | { readonly type: 'TabAlreadyOpen' }
  | { readonly type: 'LimitExceeded'; readonly limit: number };

export const LIMIT = 100;
const tabStream = (tabId: string): string => `tab-${tabId}`;

const model: DecisionModel<Command, Event, Tab, Rejection> = {
  streamsOf: ({ tabId }) => [tabStream(tabId)],
  streamOf: ({ tabId }) => tabStream(tabId),
  initial: () => undefined,
  evolve: (tab, event) =>
    event.type === 'TabOpened'
      ? { guest: event.guest, total: 0 }
      : { guest: tab?.guest ?? '', total: (tab?.total ?? 0) + event.amount },
  decide: (command, stateOf) => {
    const tab = stateOf(tabStream(command.tabId));
    if (command.type === 'OpenTab') {
      if (tab !== undefined) return reject({ type: 'TabAlreadyOpen' });
      return accept({ type: 'TabOpened', tabId: command.tabId, guest: command.guest });
    }
    if (tab === undefined) return reject({ type: 'TabNotFound' });
    if (tab.total + command.amount > LIMIT) return reject({ type: 'LimitExceeded', limit: LIMIT });
    return accept({ type: 'Ordered', tabId: command.tabId, amount: command.amount });
  },
};

const rejectionStatus: RejectionStatus<Rejection> = { TabNotFound: 404, TabAlreadyOpen: 409, LimitExceeded: 409 };

const newTab = z.strictObject({ guest: z.string().min(1).max(20) });
const round = z.strictObject({
  drinks: z.array(z.strictObject({ name: z.enum(['beer', 'cider']), amount: z.int().min(1).max(1_000) })).min(1),
});
const shownTab = z.object({ guest: z.string(), total: z.int(), version: z.int() });
const tabId = z.string().regex(/^[a-z0-9-]{1,36}$/, 'must be the id of a tab');

@Controller('tabs')
@ShownAs((tab: Tab, { version }) => ({ ...tab, version }))
class TabsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Post()
  @Commands('Open a tab', 201, shownTab)
  open(@Body({ schema: newTab }) { guest }: z.infer<typeof newTab>, @FromRequest() context: CommandContext) {
    const tabId = context.newId;
    return this.execute(tabId, { type: 'OpenTab', tabId, guest }, context);
  }

  @Post(':tabId/rounds')
  @Commands('Order a round', 200, shownTab)
  order(
    @Param('tabId', { schema: tabId }) tabId: string,
    @Body({ schema: round }) { drinks }: z.infer<typeof round>,
    @FromRequest() context: CommandContext,
  ) {
    const amount = drinks.reduce((sum, drink) => sum + drink.amount, 0);
    return this.execute(tabId, { type: 'Order', tabId, amount }, context);
  }

  @Get(':tabId')
  @Reads('A tab', shownTab)
  find(
    @Param('tabId', { schema: tabId }) tabId: string,
    @Query('version', { schema: wholeNumberText(1, 1_000).optional() }) version?: number,
  ) {
    return this.queries.execute(new ReadState(tabStream(tabId), { version }));
  }

  @Post('broken')
  @Commands('Fails', 200, shownTab)
  broken() {
    throw new Error('the password is secret');
  }

  @Get('late/:tabId')
  @Reads('Takes for ever', shownTab)
  @AnswersWithin(20)
  wait() {
    return new Promise(() => undefined);
  }

  private execute(tabId: string, command: Command, context: CommandContext) {
    return this.commands.execute(new Execute(command, { streamId: tabStream(tabId) }, context));
  }
}

export type TestService = {
  readonly app: NestFastifyApplication;
  readonly store: EventStore;
  readonly inbox: Inbox;
  readonly metrics: Metrics;
  readonly log: Record<string, unknown>[];
};

export const startTabs = async (
  store: EventStore = memoryEventStore({ now: () => instant('2026-03-01T09:30:00.000Z') }),
): Promise<TestService> => {
  const log: Record<string, unknown>[] = [];
  const logger = createLogger('tabs', 'debug', { write: (line) => void log.push(JSON.parse(line) as never) });
  const metrics = new Metrics('tabs');
  const codec = jsonCodec<Event>({ TabOpened: { version: 1 }, Ordered: { version: 1 } });
  const inbox = memoryInbox(store, { now: () => instant('2026-03-01T09:30:00.000Z') });
  const module = ServiceModule.forService({
    core: serviceCore({ model, codec }, store),
    rejectionStatus,
    health: new Health([{ name: 'database', vital: true, check: () => ({ status: 'up' }) }]),
    metrics,
    parked: inbox,
    controllers: [TabsController],
  });
  const app = await createHttpApp(module, {
    service: 'tabs',
    logger,
    bodyLimitBytes: 4_096,
    docs: { title: 'Tabs', description: 'Tabs in a bar.' },
    now: () => instant('2026-03-01T09:30:00.000Z'),
    onAnswered: metrics.answered,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { app, store, inbox, metrics, log };
};
