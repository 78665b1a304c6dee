import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { EventPattern, Payload } from '@nestjs/microservices';
import { announcementOf, EVENTS, orderSubmitted, say, shipmentBooked, type Heard } from '@murmuration/contracts';
import { jsonCodec } from '@murmuration/event-store';
import { accept, reject, type DecisionModel } from '@murmuration/kernel';
import { encodeLink, memoryBroker, type MemoryBroker } from '@murmuration/messaging';
import { eventually } from '@murmuration/testing';
import { z } from 'zod';
import { Execute } from '../commands/execute';
import { ReadState } from '../commands/read';
import { ShownAs } from '../http/answer.interceptor';
import { FromRequest, systemNow, type CommandContext } from '../http/command-context';
import { Commands, Reads } from '../http/docs';
import { createLogger } from '../logging/logger';
import { Reacts } from '../transport/reacts';
import { memoryFlow, type Flow } from './flow';
import { defineService } from './service-definition';
import { memoryStorage, type ServiceStorage } from './service-storage';
import { startService, type StartedService } from './start-service';

type Command = { readonly type: 'Book' | 'Deliver'; readonly orderId: string };
type Event = { readonly type: 'Booked' | 'Delivered'; readonly orderId: string };
type Shipment = 'booked' | 'delivered' | undefined;
const streamOf = ({ orderId }: { readonly orderId: string }): string => `shipment-${orderId}`;
const model: DecisionModel<Command, Event, Shipment, { readonly type: 'NotBooked' }> = {
  streamsOf: (command) => [streamOf(command)],
  streamOf,
  initial: () => undefined,
  evolve: (_, { type }) => (type === 'Booked' ? 'booked' : 'delivered'),
  decide: (command, stateOf) => {
    if (command.type === 'Book') return accept({ type: 'Booked', orderId: command.orderId });
    if (stateOf(streamOf(command)) === undefined) return reject({ type: 'NotBooked' });
    return accept({ type: 'Delivered', orderId: command.orderId });
  },
};

const shown = z.looseObject({ id: z.string() });
const booking = z.strictObject({ orderId: z.string().min(1) });

@Controller('shipments')
@ShownAs((status: Shipment, { id }) => ({ id, status }))
class ShipmentsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(QueryBus) private readonly queries: QueryBus,
  ) {}

  @Post()
  @Commands('Book', 201, shown)
  book(@Body({ schema: booking }) { orderId }: z.infer<typeof booking>, @FromRequest() context: CommandContext) {
    return this.commands.execute(new Execute({ type: 'Book', orderId }, { streamId: streamOf({ orderId }) }, context));
  }

  @Post(':orderId/deliver')
  @Commands('Deliver', 200, shown)
  deliver(@Param('orderId') orderId: string, @FromRequest() context: CommandContext) {
    const target = { streamId: streamOf({ orderId }) };
    return this.commands.execute(new Execute({ type: 'Deliver', orderId }, target, context));
  }

  @Get(':orderId')
  @Reads('A shipment', shown)
  find(@Param('orderId') orderId: string) {
    return this.queries.execute(new ReadState(streamOf({ orderId })));
  }
}

@Reacts()
class Books {
  @EventPattern<string>(orderSubmitted.name)
  book(@Payload() { subject }: Heard) {
    const commands: readonly Command[] = [{ type: 'Book', orderId: subject }];
    return { step: 'book', commands, stale: new Set<string>() };
  }
}

const definition = defineService({
  service: 'shipping',
  docs: { title: 'Shipping', description: 'Books.' },
  rules: { model, codec: jsonCodec<Event>({ Booked: { version: 1 }, Delivered: { version: 1 } }) },
  rejectionStatus: { NotBooked: 404 },
  finishing: ['Deliver'],
  hears: [orderSubmitted.name],
  announce: ({ orderId }) => say(shipmentBooked, { ...shipmentBooked.example, orderId }),
  controllers: [ShipmentsController, Books],
});

type Json = Record<string, unknown>;

const MAX = 5;
let broker: MemoryBroker;
let storage: ServiceStorage;
let isBrokerAway: boolean;
let log: Json[];
let running: StartedService[];

/** Whoever is heard is heard, but nothing can be sent. */
const halfDeaf = (): Flow => {
  const flow = memoryFlow(broker, [...new Set(EVENTS.map(({ topic }) => topic))]);
  const { publisher } = flow;
  return {
    ...flow,
    publisher: {
      ...publisher,
      publish: (records) => (isBrokerAway ? Promise.reject(new Error('no broker')) : publisher.publish(records)),
    },
  };
};

const start = async (): Promise<StartedService> => {
  const service = await startService(definition, {
    ...{ storage, flow: halfDeaf(), holder: `test-${running.length}` },
    ...{ host: '127.0.0.1', port: 0, bodyLimitBytes: 65_536, unsentEvents: { max: MAX, everyMs: 10 } },
    logger: createLogger('shipping', 'info', { write: (line) => void log.push(JSON.parse(line) as Json) }),
    onFatal: (error) => {
      throw error;
    },
  });
  running.push(service);
  return service;
};

beforeEach(() => {
  broker = memoryBroker({ now: systemNow });
  storage = memoryStorage();
  isBrokerAway = true;
  log = [];
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((service) => service.stop()));
});

const post = (service: StartedService, path: string, body: unknown = {}, key?: string): Promise<Response> =>
  fetch(`${service.url}/v1${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) },
  });
const book = (service: StartedService, orderId: string, key?: string) => post(service, '/shipments', { orderId }, key);
const bookUntilFull = async (service: StartedService): Promise<Response> => {
  let booked = 0;
  const answer = await eventually(async () => {
    const last = await book(service, `o-${++booked}`);
    return last.status === 503 ? last : undefined;
  });
  if (answer === undefined) throw new Error('it never was full');
  return answer;
};
const healthOf = async (service: StartedService) => {
  const answer = await fetch(`${service.url}/health/ready`);
  const { status, components } = (await answer.json()) as { status: string; components: Record<string, Json> };
  return { ready: answer.status, status, backlog: components['backlog'] };
};
const metricsOf = async (service: StartedService): Promise<string> => (await fetch(`${service.url}/metrics`)).text();

describe('40: a service that cannot send what it stores', () => {
  it('answers what would begin something new with 503, says what is full and when to come back', async () => {
    const service = await start();
    const refused = await bookUntilFull(service);
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(refused.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await refused.json()).toEqual({
      type: 'urn:problem-type:backlog-full',
      title: 'Too much waits to be told to the other services',
      status: 503,
      detail: expect.stringMatching(
        /^too many stored events wait .*; nothing new was begun: \d+ of at most 5 wait, and new work is taken on again at 4$/,
      ) as string,
      instance: '/v1/shipments',
      correlationId: expect.any(String) as string,
    });
    const { length: before } = await storage.store.readLog(0, 0, 1_000);
    expect((await book(service, 'o-more')).status).toBe(503);
    expect(await storage.store.lastPosition(0)).toBe(before);
  });

  it('goes on with reading, with what finishes, with what operators do, and with what it hears', async () => {
    const service = await start();
    await bookUntilFull(service);
    expect((await fetch(`${service.url}/v1/shipments/o-1`)).status).toBe(200);
    expect((await post(service, '/shipments/o-1/deliver')).status).toBe(200);
    expect((await fetch(`${service.url}/v1/parked`)).status).toBe(200);
    expect((await post(service, '/parked/redrive')).status).toBe(202);
    const eventId = '00000000-0000-5000-8000-000000000001';
    const heard = announcementOf('orders', say(orderSubmitted, { ...orderSubmitted.example, orderId: 'o-heard' }), {
      ...{ eventId, recordedAt: systemNow() },
      metadata: { correlationId: 'o-heard', causationId: 'c-1', hop: 1 },
    })!;
    const headers = { ...heard.headers, ...encodeLink({ source: 'orders', logPartition: 0, position: 1, eventId }) };
    broker.append([{ ...heard, partition: 0, headers, value: Buffer.from(heard.value) }]);
    await eventually(async () => (await fetch(`${service.url}/v1/shipments/o-heard`)).status === 200);
    expect((await book(service, 'o-more')).status).toBe(503);
  });

  it('gives who asks again with the same key the answer of the first time', async () => {
    const service = await start();
    const first = await book(service, 'o-0', 'key-0');
    await bookUntilFull(service);
    const again = await book(service, 'o-0', 'key-0');
    expect([again.status, await again.json()]).toEqual([first.status, await first.json()]);
    expect((await book(service, 'o-0', 'key-1')).status).toBe(503);
  });

  it('says that a request is not valid before it says that it is full', async () => {
    const service = await start();
    await bookUntilFull(service);
    expect((await post(service, '/shipments', { orderId: '' })).status).toBe(400);
  });

  it('is ready and degraded, shows it to Prometheus, and logs it once each time', async () => {
    const service = await start();
    expect((await healthOf(service)).backlog).toEqual({ status: 'up' });
    await bookUntilFull(service);
    for (let again = 0; again < 5; again++) await book(service, 'o-more');
    const { ready, status, backlog } = await healthOf(service);
    expect([ready, status, backlog?.['status']]).toEqual([200, 'degraded', 'degraded']);
    expect(backlog?.['detail']).toMatch(/^takes nothing new on: \d+ of at most 5 events wait to be sent$/);
    const metrics = await metricsOf(service);
    expect(metrics).toMatch(/murmuration_backlog_full\{.*\} 1\n/);
    expect(metrics).toMatch(/murmuration_relay_lag_events\{.*\} [5-9]\d*\n/);
    expect(metrics).toMatch(/murmuration_relay_lag_events_max\{.*\} 5\n/);
    expect(metrics).toMatch(/murmuration_commands_total\{.*command="Book",outcome="turned-away".*\} [6-9]\n/);
    isBrokerAway = false;
    await eventually(async () => (await healthOf(service)).backlog?.['status'] === 'up');
    const told = log.filter(({ msg }) => /new work|nothing new|wait to be sent/.test(String(msg)));
    expect(told).toMatchObject([
      { level: 'warn', max: MAX, msg: 'takes nothing new on: too many events wait to be sent to the broker' },
      { level: 'info', max: MAX, msg: 'takes new work on again' },
    ]);
  });

  it('takes new work on again once the broker is back, and has lost and repeated nothing', async () => {
    const service = await start();
    await bookUntilFull(service);
    isBrokerAway = false;
    await eventually(async () => (await book(service, 'o-later')).status === 201);
    const stored = (await storage.store.readLog(0, 0, 1_000)).map(({ eventId }) => eventId);
    await eventually(() => broker.endOffset('shipping.events.v1', 0) >= stored.length);
    const said = broker.read('shipping.events.v1', 0, 0, 1_000).map(({ headers }) => headers['ce_id']);
    expect(said).toEqual(stored);
  });

  it('is full from the first request on in a process that starts while it is', async () => {
    await bookUntilFull(await start());
    expect((await book(await start(), 'o-more')).status).toBe(503);
  });
});
