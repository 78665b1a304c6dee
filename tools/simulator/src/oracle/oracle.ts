import { keyOf, type Heard, type IntegrationEvent } from '@murmuration/contracts';
import type { StockEvent } from '@murmuration/domain-inventory';
import { orderStream, standingOf, type Order } from '@murmuration/domain-orders';
import { auditOrder } from '@murmuration/domain-projections';
import type { StoredEvent } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { SimulatedService, World } from '../world/world';
import type { Finding } from './findings';
import { stockLedger } from './stock-ledger';

/** Looks at all databases from outside after every step, and at the end. It shares nothing with the flock but the auditor. */
export type Oracle = {
  /** Reads what was stored since the last time, and answers what can never become right again. */
  readonly observe: () => Promise<readonly Finding[]>;
  /** What must hold once nothing goes on any more. */
  readonly judge: () => Promise<readonly Finding[]>;
  /** Whether every order has come to an end. */
  readonly isEverythingSettled: () => Promise<boolean>;
  readonly statuses: () => ReadonlyMap<string, string>;
  readonly order: (orderId: string) => Order | undefined;
  /** Everything that was announced, in the order in which it was stored. */
  readonly said: () => readonly Heard[];
  /** How often each type of event was stored, by service. */
  readonly stored: () => ReadonlyMap<string, number>;
};

const EVENTS_PER_LOOK_MAX = 10_000;
const FINAL = new Set(['completed', 'delivered', 'cancelled', 'rejected', 'needs-attention']);
/** Words after which an audit can find more than before. */
const TELLING =
  /authorized|captured|voided|refunded|declined|dispatched|booked|cancelled|refused|released|committed|reserved|completed|delivered|rejected/;

type Follower = { readonly service: SimulatedService; position: number; dirty: boolean };

export const oracleOf = (world: World, noteStored: (service: string, stored: StoredEvent) => void): Oracle => {
  const stock = stockLedger();
  const words = new Map<string, Heard[]>();
  const said: Heard[] = [];
  const stored = new Map<string, number>();
  const orders = new Map<string, Order>();

  const followers = [...world.services.values()].map((service): Follower => {
    const follower: Follower = { service, position: 0, dirty: false };
    service.database.tables.store.onAppended(() => {
      follower.dirty = true;
    });
    return follower;
  });

  const hear = (service: string, event: IntegrationEvent, { eventId, recordedAt, metadata }: StoredEvent): Heard => {
    const { correlationId, causationId, hop } = metadata;
    const heard = {
      ...{ id: eventId, name: event.name, source: service, subject: keyOf(event), time: recordedAt },
      ...{ correlationId, causationId, hop, data: event.data },
    } as Heard; // because the name and the data come from one announcement
    said.push(heard);
    const known = words.get(heard.subject);
    if (known === undefined) words.set(heard.subject, [heard]);
    else known.push(heard);
    return heard;
  };

  const noteOrder = (event: Message & { readonly orderId?: string }): void => {
    if (event.orderId === undefined) return;
    const { model } = world.serviceOf('orders').binding;
    const before = orders.get(event.orderId) ?? model.initial(orderStream(event.orderId));
    orders.set(event.orderId, model.evolve(before, event) as Order); // because its stream is an order's
  };

  const look = (follower: Follower, event: StoredEvent, changed: Set<string>): readonly Finding[] => {
    const { binding } = follower.service;
    const decoded = binding.codec.decode(event);
    follower.position = event.position;
    noteStored(binding.service, event);
    const kind = `${binding.service}: ${event.type}`;
    stored.set(kind, (stored.get(kind) ?? 0) + 1);
    const announced = binding.announce(decoded);
    if (announced !== undefined) {
      const heard = hear(binding.service, announced, event);
      if (TELLING.test(heard.name)) changed.add(heard.subject);
    }
    if (binding.service === 'orders') noteOrder(decoded);
    return 'sku' in decoded ? stock.record(decoded as StockEvent) : []; // because only stock's events are of a SKU
  };

  const statusOf = (order: Order): string => (order.stage === 'absent' ? 'absent' : standingOf(order).status);

  const auditAll = (subjects: Iterable<string>, atRest: boolean): readonly Finding[] =>
    [...subjects].flatMap((subject) =>
      auditOrder(words.get(subject) ?? [], { atRest }).map((finding) => ({ ...finding, subject })),
    );

  const endOf = (): readonly Finding[] =>
    [...orders].flatMap(([orderId, order]): readonly Finding[] => {
      const status = statusOf(order);
      if (status === 'draft' || FINAL.has(status)) return [];
      return [{ invariant: 'I4', finding: `is ${status} and nothing goes on`, subject: orderId }];
    });

  /** Every event is applied or provably stale at every hearer: to hear it once more would change nothing. */
  const nothingDropped = async (): Promise<readonly Finding[]> => {
    const findings: Finding[] = [];
    for (const { binding, database } of world.services.values()) {
      const states = new Map<string, unknown>();
      const stateOf = async (streamId: string): Promise<unknown> => {
        if (!states.has(streamId)) {
          const events = (await database.tables.store.readStreams([{ streamId }])).get(streamId) ?? [];
          const fold = (state: unknown, event: StoredEvent): unknown =>
            binding.model.evolve(state, binding.codec.decode(event));
          states.set(streamId, events.reduce(fold, binding.model.initial(streamId)));
        }
        return states.get(streamId);
      };
      for (const heard of said) {
        const reaction = binding.reactions.get(heard.name);
        for (const command of reaction?.react(heard, heard.time) ?? []) {
          for (const streamId of binding.model.streamsOf(command, (known) => states.get(known)))
            await stateOf(streamId);
          const { accepted, rejected } = binding.model.decide(command, (streamId) => states.get(streamId));
          const isKnown = rejected === undefined ? accepted.length === 0 : reaction?.stale.has(rejected.type) === true;
          if (isKnown) continue;
          const why =
            rejected === undefined ? `would still bring ${accepted[0]?.type}` : `is refused: ${rejected.type}`;
          findings.push({
            invariant: 'I5',
            finding: `${heard.name} at ${binding.service} ${why}`,
            subject: heard.subject,
          });
        }
      }
    }
    return findings;
  };

  const partners = (): readonly Finding[] => {
    const findings: Finding[] = [];
    const find = (invariant: Finding['invariant'], subject: string, finding: string): void =>
      void findings.push({ invariant, finding, subject });
    for (const [orderId, order] of orders) {
      const status = statusOf(order);
      const { charge } = world.provider.ledgerOf(orderId);
      const { bookings } = world.carrier.ledgerOf(orderId);
      if (bookings.length > 1) find('I3', orderId, `the carrier has ${bookings.length} bookings`);
      if (status === 'needs-attention') continue;
      const left = bookings.some((booking) => booking.status === 'handed-over' || booking.status === 'delivered');
      const isUndone = status === 'cancelled' || status === 'rejected';
      if (isUndone && left) find('I7', orderId, `is ${status}, and the carrier has the parcel`);
      if (isUndone && bookings.some((booking) => booking.status === 'booked'))
        find('I3', orderId, `is ${status}, and the carrier will come for it`);
      if (charge === undefined) continue;
      const kept = charge.capturedMinor - charge.refundedMinor;
      if (isUndone && (kept !== 0 || charge.status === 'authorized'))
        find('I1', orderId, `is ${status}, and the provider has ${charge.status} with ${kept} kept`);
      if (!isUndone && charge.status !== 'captured')
        find('I1', orderId, `is ${status}, and the provider has ${charge.status}`);
    }
    return findings;
  };

  return {
    observe: async () => {
      const findings: Finding[] = [];
      const changed = new Set<string>();
      for (const follower of followers) {
        if (!follower.dirty) continue;
        follower.dirty = false;
        const { store } = follower.service.database.tables;
        for (const event of await store.readLog(0, follower.position, EVENTS_PER_LOOK_MAX))
          findings.push(...look(follower, event, changed));
      }
      if (changed.size > 0) findings.push(...auditAll(changed, false));
      return findings;
    },
    judge: async () => {
      const settled = [...orders]
        .filter(([, order]) => statusOf(order) !== 'needs-attention')
        .map(([orderId]) => orderId);
      return [...endOf(), ...auditAll(settled, true), ...partners(), ...(await nothingDropped())];
    },
    isEverythingSettled: async () => {
      if ([...orders.values()].some((order) => !FINAL.has(statusOf(order)))) return false;
      for (const { database } of world.services.values())
        if ((await database.tables.agendaStore.counts()).effects > 0) return false;
      return true;
    },
    order: (orderId) => orders.get(orderId),
    statuses: () => new Map([...orders].map(([orderId, order]) => [orderId, statusOf(order)])),
    said: () => said,
    stored: () => stored,
  };
};
