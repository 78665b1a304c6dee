import { EventPattern, Payload } from '@nestjs/microservices';
import {
  announcementOf,
  decodeRecord,
  EVENTS,
  orderSubmitted,
  say,
  shipmentBooked,
  type Heard,
} from '@murmuration/contracts';
import { jsonCodec } from '@murmuration/event-store';
import { accept, type Agenda, type DecisionModel } from '@murmuration/kernel';
import { encodeLink, memoryBroker, type MemoryBroker } from '@murmuration/messaging';
import { eventually } from '@murmuration/testing';
import { systemNow } from '../http/command-context';
import { memoryFlow } from '../lifecycle/flow';
import { defineService } from '../lifecycle/service-definition';
import { memoryStorage, type ServiceStorage } from '../lifecycle/service-storage';
import { startService, type StartedService } from '../lifecycle/start-service';
import { createLogger } from '../logging/logger';
import { Reacts } from '../transport/reacts';

type Command = { readonly type: 'Book'; readonly orderId: string };
type Event = { readonly type: 'Booked'; readonly orderId: string };
const model: DecisionModel<Command, Event, undefined, never> = {
  streamsOf: () => [],
  streamOf: ({ orderId }) => `shipment-${orderId}`,
  initial: () => undefined,
  evolve: () => undefined,
  decide: ({ orderId }) => accept({ type: 'Booked', orderId }),
};
const agenda: Agenda<Event, Command, never, never> = {
  changesOf: ({ orderId }) => [{ type: 'deadline-cleared', key: `order:${orderId}` }],
  settle: () => {
    throw new Error('it makes no calls');
  },
  fire: () => ({ type: 'Book', orderId: 'late' }),
};

@Reacts()
class Books {
  @EventPattern<string>(orderSubmitted.name)
  book(@Payload() heard: Heard) {
    const commands: readonly Command[] = [{ type: 'Book', orderId: heard.subject }];
    return { step: 'book', commands, stale: new Set<string>() };
  }
}

const definition = defineService({
  service: 'shipping',
  docs: { title: 'Shipping', description: 'Books.' },
  rules: { model, codec: jsonCodec<Event>({ Booked: { version: 1 } }) },
  rejectionStatus: {},
  hears: [orderSubmitted.name],
  announce: ({ orderId }) => say(shipmentBooked, { ...shipmentBooked.example, orderId }),
  agenda: { rules: agenda },
  controllers: [Books],
});

let broker: MemoryBroker;
let storage: ServiceStorage;
let service: StartedService;
const log: string[] = [];
beforeEach(async () => {
  broker = memoryBroker({ now: systemNow });
  storage = memoryStorage();
  log.length = 0;
  service = await startService(definition, {
    ...{ storage, flow: memoryFlow(broker, [...new Set(EVENTS.map(({ topic }) => topic))]), holder: 'test' },
    ...{ host: '127.0.0.1', port: 0, bodyLimitBytes: 65_536 },
    logger: createLogger('shipping', 'info', { write: (line) => void log.push(line) }),
    onFatal: (error) => {
      throw error;
    },
  });
});
afterEach(() => service.stop());

let position = 0;
const hear = (orderId: string, changes: { readonly value?: Buffer; readonly type?: string } = {}): void => {
  const eventId = `00000000-0000-5000-8000-${String(++position).padStart(12, '0')}`;
  const record = announcementOf('orders', say(orderSubmitted, { ...orderSubmitted.example, orderId }), {
    ...{ eventId, recordedAt: systemNow() },
    metadata: { correlationId: 'saga-7', causationId: 'c-1', hop: 1 },
  })!;
  const link = encodeLink({ source: `orders-${position}`, logPartition: 0, position: 1, eventId });
  const headers = { ...record.headers, ...link, ...(changes.type && { ce_type: changes.type }) };
  broker.append([{ ...record, partition: 0, headers, value: changes.value ?? Buffer.from(record.value) }]);
};
const said = () =>
  broker.read('shipping.events.v1', 0, 0, 100).map(({ key, headers, value }) => {
    const decoded = decodeRecord(headers, value?.toString() ?? null);
    if (decoded.kind !== 'heard') throw new Error(`a record nobody can read: ${decoded.reason}`);
    return { key, event: decoded.event };
  });

describe('what a service says of its parked records', () => {
  it('is announced on its own topic, when one is parked and when it is dealt with', async () => {
    hear('o-1', { value: Buffer.from([0xff, 0x00]) });
    await eventually(() => said().length === 1);
    const [parked] = await storage.inbox.listParked({ limit: 9 });
    expect(said()[0]).toMatchObject({
      key: parked?.id,
      event: {
        ...{ name: 'shipping.record-parked.v1', source: 'shipping', subject: parked?.id, correlationId: 'saga-7' },
        data: { service: 'shipping', topic: 'orders.events.v1', partition: 0, offset: '0', reason: parked?.reason },
      },
    });
    await storage.inbox.wish(parked!.id, 'discard', 'ada');
    await eventually(() => said().length === 2);
    expect(said()[1]).toMatchObject({
      key: parked?.id,
      event: { name: 'shipping.record-unparked.v1', data: { reason: 'discarded', offset: '0' } },
    });
  });

  it('lies among its own events and disturbs neither the relay nor the agenda', async () => {
    hear('o-1', { type: 'orders.order-submitted.v9' });
    hear('o-2');
    await eventually(() => said().length === 2);
    expect(
      said()
        .map(({ event }) => event.name)
        .sort(),
    ).toEqual(['shipping.record-parked.v1', shipmentBooked.name]);
    const { agendaStore, store } = storage;
    await eventually(async () => (await store.lastPosition(0)) === 2 && (await agendaStore.counts()).deadlines === 0);
    expect(log.filter((line) => line.includes('tries again'))).toEqual([]);
  });
});
