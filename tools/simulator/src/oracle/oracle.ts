import { keyOf, type Heard, type IntegrationEvent } from '@murmuration/contracts';
import type { StockEvent } from '@murmuration/domain-inventory';
import { orderStream, standingOf, type Order, type OrdersEvent } from '@murmuration/domain-orders';
import { auditOrder } from '@murmuration/domain-projections';
import type { StoredEvent } from '@murmuration/event-store';
import { isBefore } from '@murmuration/kernel';
import type { SimulatedService, World } from '../world/world';
import { openAgenda } from './agenda-at-rest';
import { watchCalls, type CallWatch } from './call-watch';
import type { Find, Finding } from './findings';
import { watchHeard } from './heard-watch';
import { keyOrder } from './key-order';
import { watchLeases } from './lease-watch';
import { nothingDropped } from './nothing-dropped';
import { parkedAtRest, type Parked } from './parked-at-rest';
import { watchParked, type ParkedWatch } from './parked-watch';
import { partnersAtRest } from './partners-at-rest';
import { watchSent } from './sent-watch';
import { stockLedger } from './stock-ledger';
import { viewsAtRest } from './views-at-rest';

/**
 * Looks at all databases and at the log from outside after every step, and at the end. It shares nothing with the flock but the
 * auditor.
 */
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

/** Whoever commands from outside. */
const PERSON = 'client';
/** Of each of these groups of words, one must have been said before an order may be said to have ended so. */
const SAID_BEFORE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  OrderCompleted: [
    ['shipping.shipment-dispatched.v1'],
    ['payments.payment-captured.v1'],
    ['inventory.stock-committed.v1'],
  ],
  OrderDelivered: [['shipping.shipment-delivered.v1']],
  OrderRejected: [['inventory.stock-refused.v1']],
  OrderCancelled: [
    ['inventory.stock-released.v1'],
    ['payments.payment-declined.v1', 'payments.payment-voided.v1', 'payments.payment-refunded.v1'],
  ],
};

type Follower = { readonly service: SimulatedService; position: number; dirty: boolean };

export const oracleOf = (world: World, noteStored: (service: string, stored: StoredEvent) => void): Oracle => {
  const stock = stockLedger();
  const words = new Map<string, Heard[]>();
  const said: Heard[] = [];
  const stored = new Map<string, number>();
  const orders = new Map<string, Order>();
  /** Orders for which an operator has just asked once more what was asked before. */
  const insisted = new Set<string>();
  let unasked: Finding[] = [];
  const find: Find = (invariant, subject, finding) => void unasked.push({ invariant, subject, finding });
  const takeFindings = (): readonly Finding[] => {
    const taken = unasked;
    unasked = [];
    return taken;
  };
  const order = keyOrder(find);
  const sent = watchSent(world.log, find);
  const calls = new Map<string, CallWatch>();
  const parkings: ParkedWatch[] = [];
  const partners = new Map<string, Pick<World['provider'] | World['carrier'], 'onCall'>>([
    ['payments', world.provider],
    ['shipping', world.carrier],
  ]);
  for (const service of world.services.values()) {
    const { database } = service;
    watchHeard(database, world.log, find);
    parkings.push(watchParked(service, find));
    const leases = watchLeases(database, find);
    const partner = partners.get(service.binding.service);
    if (partner !== undefined) calls.set(service.binding.service, watchCalls(service, partner, leases, find));
    database.watch({ failedOver: () => sent.forget(database.service) });
  }

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

  /** What an order must not say before its time: that it has ended, or that its time is up. */
  const tooEarly = (event: OrdersEvent, before: Order, { recordedAt, metadata }: StoredEvent): void => {
    // What a person decides waits for no time and needs no words of others.
    if (!('orderId' in event) || before.stage !== 'placed' || metadata.actor === PERSON) return;
    if (event.type === 'OrderCancellationForced' || event.type === 'OrderAttentionRetried') insisted.add(event.orderId);
    const isByDeadline =
      (event.type === 'OrderNeedsAttention' && event.source === 'deadline') ||
      (event.type === 'OrderCancellationRequested' &&
        event.reason === 'deadline-exceeded' &&
        !insisted.delete(event.orderId));
    if (isByDeadline && isBefore(recordedAt, before.deadlineAt))
      find('I4', event.orderId, `${event.type} at ${recordedAt}, but it has until ${before.deadlineAt}`);
    const heard = new Set<string>(words.get(event.orderId)?.map(({ name }) => name));
    for (const needed of SAID_BEFORE[event.type] ?? [])
      if (!needed.some((name) => heard.has(name)))
        find('I7', event.orderId, `${event.type} is stored before anybody said ${needed.join(' or ')}`);
  };

  const noteOrder = (event: OrdersEvent, stored: StoredEvent): void => {
    if (!('orderId' in event)) return;
    const { model } = world.serviceOf('orders').binding;
    const before = orders.get(event.orderId) ?? (model.initial(orderStream(event.orderId)) as Order); // because its stream is an order's
    tooEarly(event, before, stored);
    try {
      orders.set(event.orderId, model.evolve(before, event) as Order); // as above
    } catch (error) {
      find('rules', event.orderId, `${event.type} cannot be read back: ${String(error)}`);
    }
  };

  const look = (follower: Follower, event: StoredEvent, changed: Set<string>): void => {
    const { binding } = follower.service;
    const decoded = binding.codec.decode(event);
    follower.position = event.position;
    noteStored(binding.service, event);
    const kind = `${binding.service}: ${event.type}`;
    stored.set(kind, (stored.get(kind) ?? 0) + 1);
    order.stored(binding.service, event);
    calls.get(binding.service)?.stored(event);
    const announced = binding.announce?.(decoded);
    if (announced !== undefined) {
      const heard = hear(binding.service, announced, event);
      order.announced(heard.id, { source: binding.service, position: event.position, key: heard.subject });
      if (TELLING.test(heard.name)) changed.add(heard.subject);
    }
    if (binding.service === 'orders') noteOrder(decoded as OrdersEvent, event); // because orders stored it
    if ('sku' in decoded) unasked.push(...stock.record(decoded as StockEvent)); // because only stock's events are of a SKU
  };

  const statusOf = (order: Order): string => (order.stage === 'absent' ? 'absent' : standingOf(order).status);

  const statusesOf = (): ReadonlyMap<string, string> =>
    new Map([...orders].map(([orderId, order]) => [orderId, statusOf(order)]));

  /** One of those who do something for the order has said that it cannot. */
  const hasGivenUp = (orderId: string): boolean =>
    words.get(orderId)?.some(({ name, source }) => source !== 'orders' && name.includes('needs-attention')) === true;
  const isDispatched = (orderId: string): boolean =>
    words.get(orderId)?.some(({ name }) => name === 'shipping.shipment-dispatched.v1') === true;
  const waitsForPerson = (orderId: string): boolean =>
    words.get(orderId)?.some(({ name }) => name.includes('needs-attention')) === true;

  const auditAll = (subjects: Iterable<string>, atRest: boolean): readonly Finding[] =>
    [...subjects].flatMap((subject) =>
      auditOrder(words.get(subject) ?? [], { atRest }).map((finding) => ({ ...finding, subject })),
    );

  /** Once nothing goes on any more, only a service that gave up, or a record that is parked, excuses an order that has not come to an end. */
  const findOpenEnds = (parked: Parked): void => {
    for (const [orderId, order] of orders) {
      const status = statusOf(order);
      if (status === 'draft' || parked.isAnywhere(orderId)) continue;
      if (!FINAL.has(status)) find('I4', orderId, `is ${status} and nothing goes on`);
      if (status !== 'needs-attention' || order.stage !== 'placed' || hasGivenUp(orderId)) continue;
      if (Object.keys(order.attention).every((source) => source === 'deadline'))
        find('I4', orderId, `is left alone with ${order.attention.deadline?.reason ?? 'nothing'}`);
    }
  };

  const findHeldStock = (): void => {
    for (const [orderId, order] of orders) {
      if (statusOf(order) === 'needs-attention' || order.stage !== 'placed') continue;
      for (const sku of stock.heldFor(orderId)) find('I2', orderId, `is ${statusOf(order)} and holds ${sku} for ever`);
    }
  };

  const findUnsent = (): void => {
    for (const { id, source, subject, name } of said)
      if (!sent.has(id)) find('I5', subject, `${source} announced ${name} and never sent it`);
  };

  return {
    observe: async () => {
      const changed = new Set<string>();
      for (const follower of followers) {
        if (!follower.dirty) continue;
        follower.dirty = false;
        const { store } = follower.service.database.tables;
        for (const event of await store.readLog(0, follower.position, EVENTS_PER_LOOK_MAX))
          look(follower, event, changed);
      }
      if (changed.size > 0) unasked.push(...auditAll(changed, false));
      return takeFindings();
    },
    judge: async () => {
      const settled = [...orders]
        .filter(([, order]) => statusOf(order) !== 'needs-attention')
        .map(([orderId]) => orderId);
      const parked = await parkedAtRest(world, find);
      for (const parking of parkings) parking.judge(said);
      findOpenEnds(parked);
      unasked.push(...auditAll(settled, true));
      findHeldStock();
      partnersAtRest(world, statusesOf(), { waitsForPerson, isDispatched }, find);
      await nothingDropped(world, said, parked, find);
      findUnsent();
      await openAgenda(world, statusesOf(), find);
      await viewsAtRest(world.serviceOf('projections'), said, find);
      return takeFindings();
    },
    isEverythingSettled: async () => {
      if ([...orders.values()].some((order) => !FINAL.has(statusOf(order)))) return false;
      for (const { database } of world.services.values())
        if ((await database.tables.agendaStore.counts()).effects > 0) return false;
      return true;
    },
    order: (orderId) => orders.get(orderId),
    statuses: statusesOf,
    said: () => said,
    stored: () => stored,
  };
};
