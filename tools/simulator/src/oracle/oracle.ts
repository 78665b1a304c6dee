import { keyOf, type Heard, type IntegrationEvent } from '@murmuration/contracts';
import type { StockEvent } from '@murmuration/domain-inventory';
import { orderStream, standingOf, type Order, type OrdersEvent } from '@murmuration/domain-orders';
import { auditOrder } from '@murmuration/domain-projections';
import type { StoredEvent } from '@murmuration/event-store';
import type { SimulatedService, World } from '../world/world';
import { openAgenda } from './agenda-at-rest';
import { watchAnswers } from './answers-watch';
import { BASKET_WISHES, watchBaskets } from './basket-watch';
import { watchCalls, type CallWatch } from './call-watch';
import { callsForPerson } from './calls-for-person';
import { CUSTOMER_WISHES, watchCustomers } from './customers-watch';
import { watchDeadlines } from './deadline-watch';
import type { Find, Finding } from './findings';
import { goodsAtRest, wishesAtRest } from './goods-at-rest';
import { watchHeard } from './heard-watch';
import { keyOrder } from './key-order';
import { watchLeases } from './lease-watch';
import { checkLines } from './lines-watch';
import { nothingDropped } from './nothing-dropped';
import { parkedAtRest } from './parked-at-rest';
import { watchParked, type ParkedWatch } from './parked-watch';
import { partnersAtRest, type AtRest } from './partners-at-rest';
import { checkPartners } from './partners-watch';
import { requests } from './requests-at-rest';
import { watchSent } from './sent-watch';
import { stockLedger } from './stock-ledger';
import { STOCK_WISHES } from './stock-wishes';
import { viewsAtRest, viewsShow, type Truth } from './views-at-rest';
import { watchWishes } from './wishes-watch';
import { words as wordsOfAll } from './words';

/**
 * Looks at all databases, at the log and at the books of the partners from outside: after every step for what can never become
 * right again, and at the end for all that must have happened by then. Where it can, it stands on ground of its own: on an order's
 * lines as they were submitted, on the partners' books, on stock counted anew, on what was announced. It borrows from the flock
 * how an order stands (`evolve` and `standingOf`), what an event announces, the auditor, and, for what must be settled at rest, the
 * reactions and deciders themselves: a mistake in those shows only against that ground.
 */
export type Oracle = {
  /** Reads what was stored since the last time, and answers what can never become right again. */
  readonly observe: () => Promise<readonly Finding[]>;
  /** What must hold once nothing goes on any more. */
  readonly judge: () => Promise<readonly Finding[]>;
  /** Whether every order has come to an end. */
  readonly isEverythingSettled: () => Promise<boolean>;
  readonly statuses: () => ReadonlyMap<string, string>;
  /** Whether a service that does something for the order waits for a person. */
  readonly isWaitingForPerson: (orderId: string) => boolean;
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

/** Whoever commands from outside. What a person decides waits for no time and needs no words of others. */
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

/** The orders of which something was told, and those that a service with a partner has handled, since the last look. */
type Changed = { readonly told: Set<string>; readonly handled: Set<string> };

type Follower = { readonly service: SimulatedService; position: number; dirty: boolean };

/** Looks on. From `punctualFromMs` on nothing keeps the flock any more from acting in time; without it nobody is called late. */
export const oracleOf = (
  world: World,
  noteStored: (service: string, stored: StoredEvent) => void,
  { punctualFromMs }: { readonly punctualFromMs?: number } = {},
): Oracle => {
  const stock = stockLedger();
  const words = wordsOfAll();
  const stored = new Map<string, number>();
  const orders = new Map<string, Order>();
  const correlations = new Map<string, string>();
  let unasked: Finding[] = [];
  const find: Find = (invariant, subject, finding) => void unasked.push({ invariant, subject, finding });
  const takeFindings = (): readonly Finding[] => {
    const taken = unasked;
    unasked = [];
    return taken;
  };
  const wishes = [STOCK_WISHES, BASKET_WISHES, CUSTOMER_WISHES].map((rules) => ({
    rules,
    watch: watchWishes(world, rules, find),
  }));
  const answers = watchAnswers(world, find);
  const baskets = watchBaskets(world, words, find);
  const customers = watchCustomers(world, find);
  const persons = callsForPerson();
  const asked = requests(find);
  const deadlines = watchDeadlines(words, punctualFromMs, find);
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
    const partner = service.binding.service === 'orders' ? world.courier : partners.get(service.binding.service);
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
    words.hear(heard);
    persons.hear(heard);
    deadlines.heard(heard);
    checkLines(heard, words, find);
    return heard;
  };

  /** What an order must not say before others have said theirs. */
  const tooEarly = ({ type }: OrdersEvent, orderId: string): void => {
    const heard = new Set<string>(words.of(orderId).map(({ name }) => name));
    for (const needed of SAID_BEFORE[type] ?? [])
      if (!needed.some((name) => heard.has(name)))
        find('I7', orderId, `${type} is stored before anybody said ${needed.join(' or ')}`);
  };

  const noteOrder = (event: OrdersEvent, stored: StoredEvent): void => {
    if (!('orderId' in event)) return;
    const { model } = world.serviceOf('orders').binding;
    const before = orders.get(event.orderId) ?? (model.initial(orderStream(event.orderId)) as Order); // because its stream is an order's
    if (before.stage === 'placed' && stored.metadata.actor !== PERSON) {
      tooEarly(event, event.orderId);
      deadlines.stored(event, before, stored);
    }
    try {
      const after = model.evolve(before, event) as Order; // as above
      orders.set(event.orderId, after);
      deadlines.now(event.orderId, after, stored.recordedAt);
    } catch (error) {
      find('rules', event.orderId, `${event.type} cannot be read back: ${String(error)}`);
    }
  };

  /** Whatever is stored because of an order belongs to the one story that began with it. */
  const checkStory = (service: string, orderId: string, { type, metadata: { correlationId } }: StoredEvent): void => {
    const begun = correlations.get(orderId);
    if (begun === undefined) correlations.set(orderId, correlationId);
    else if (begun !== correlationId)
      find('I5', orderId, `${service} stores ${type} as part of ${correlationId} instead of ${begun}`);
  };

  const look = (follower: Follower, event: StoredEvent, changed: Changed): void => {
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
      if (TELLING.test(heard.name)) changed.told.add(heard.subject);
    }
    if (binding.service === 'orders') {
      baskets.stored(decoded);
      customers.stored(decoded);
      noteOrder(decoded as OrdersEvent, event); // because orders stored it
    }
    asked.stored(decoded);
    if ('orderId' in decoded) {
      const { orderId } = decoded as { readonly orderId: string }; // because every order is named so
      checkStory(binding.service, orderId, event);
      if (partners.has(binding.service)) changed.handled.add(orderId);
    }
    for (const { rules, watch } of wishes) if (rules.service === binding.service) watch.stored(decoded, event);
    if (binding.service === 'inventory' && 'sku' in decoded) unasked.push(...stock.record(decoded as StockEvent)); // because only stock's events are of a SKU there
  };

  const statusOf = (order: Order): string => (order.stage === 'absent' ? 'absent' : standingOf(order).status);

  const statusesOf = (): ReadonlyMap<string, string> =>
    new Map([...orders].map(([orderId, order]) => [orderId, statusOf(order)]));

  /** Of an order that waits for a person, or that a person has settled, nothing is expected. */
  const isExcused = (orderId: string): boolean => {
    const order = orders.get(orderId);
    return (
      persons.areOpen(orderId) ||
      persons.isSettledByHand(orderId) ||
      (order !== undefined && statusOf(order) === 'needs-attention')
    );
  };
  const atRest = (): readonly AtRest[] =>
    [...orders].flatMap(([orderId, order]) =>
      order.stage !== 'placed' || isExcused(orderId) ? [] : [{ orderId, order, status: statusOf(order) }],
    );

  const auditAll = (subjects: Iterable<string>, atRest: boolean): readonly Finding[] =>
    [...subjects].flatMap((subject) =>
      auditOrder(words.of(subject), { atRest }).map((finding) => ({ ...finding, subject })),
    );

  /** Once nothing goes on any more, only a service that waits for a person excuses an order that has not come to an end. */
  const findOpenEnds = (): void => {
    for (const [orderId, order] of orders) {
      const status = statusOf(order);
      if (status === 'draft') continue;
      if (!FINAL.has(status)) find('I4', orderId, `is ${status} and nothing goes on`);
      if (status !== 'needs-attention' || order.stage !== 'placed') continue;
      if (persons.areOpen(orderId) || persons.isSettledByHand(orderId)) continue;
      const [open] = Object.values(order.attention);
      find('I4', orderId, `is left alone with ${open?.reason ?? 'nothing'}`);
    }
  };

  /** Of orders that were placed: a draft is nobody else's business. */
  const truth = (): Truth => ({
    statuses: new Map([...statusesOf()].filter(([orderId]) => orders.get(orderId)?.stage === 'placed')),
    levels: stock.levels(),
    customers: customers.standings(),
    // What is still being settled may be known to the provider alone.
    refundedMinorOf: (orderId) =>
      isExcused(orderId) ? undefined : (world.provider.ledgerOf(orderId).charge?.refundedMinor ?? 0),
  });

  const findUnsent = (): void => {
    for (const { id, source, subject, name } of words.said())
      if (!sent.has(id)) find('I5', subject, `${source} announced ${name} and never sent it`);
  };

  return {
    observe: async () => {
      const changed: Changed = { told: new Set(), handled: new Set() };
      for (const follower of followers) {
        if (!follower.dirty) continue;
        follower.dirty = false;
        const { store } = follower.service.database.tables;
        for (const event of await store.readLog(0, follower.position, EVENTS_PER_LOOK_MAX))
          look(follower, event, changed);
      }
      if (changed.told.size > 0) unasked.push(...auditAll(changed.told, false));
      for (const orderId of changed.handled) checkPartners(orderId, world, words, find);
      return takeFindings();
    },
    judge: async () => {
      const settled = [...orders]
        .filter(([, order]) => statusOf(order) !== 'needs-attention')
        .map(([orderId]) => orderId);
      const said = words.said();
      deadlines.rested();
      await parkedAtRest(world, find);
      for (const parking of parkings) parking.judge(said);
      findOpenEnds();
      unasked.push(...auditAll(settled, true));
      for (const orderId of orders.keys()) checkPartners(orderId, world, words, find);
      for (const at of atRest()) {
        goodsAtRest(at, stock, find);
        wishesAtRest(at, words, find);
        partnersAtRest(at, world, words, find);
      }
      asked.judge(isExcused);
      for (const { watch } of wishes) watch.judge();
      answers.judge();
      baskets.judge();
      customers.judge();
      await nothingDropped(world, said, find);
      findUnsent();
      // Stock that is held for what a person has settled is let go when its hold expires.
      const unsettled = [...statusesOf()].filter(([orderId]) => !persons.isSettledByHand(orderId));
      await openAgenda(world, new Map(unsettled), find);
      await viewsAtRest(world.serviceOf('projections'), said, find);
      await viewsShow(world.serviceOf('projections'), truth(), find);
      return takeFindings();
    },
    isEverythingSettled: async () => {
      if ([...orders.values()].some((order) => order.stage === 'placed' && !FINAL.has(statusOf(order)))) return false;
      for (const { database } of world.services.values())
        if ((await database.tables.agendaStore.counts()).effects > 0) return false;
      return true;
    },
    order: (orderId) => orders.get(orderId),
    statuses: statusesOf,
    isWaitingForPerson: persons.areOpen,
    said: words.said,
    stored: () => stored,
  };
};
