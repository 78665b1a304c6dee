import { STOCK_HOLD_MS } from '@murmuration/domain-inventory';
import type { AgendaLimits } from '@murmuration/effects';
import { seededChance, type Chance } from '@murmuration/testing';
import type { Fault } from '../faults/faults';
import { customersOf, type CustomerPlan } from './customers';
import { draftOf, type DraftPlan } from './drafts';
import { stockMovesOf, type StockMove } from './stock-moves';
import { NEWER_FAULTS, OLDER_FAULTS, troubleOf, type Incident } from './trouble';

/** What a customer wants, and whether they change their mind. */
export type OrderPlan = {
  readonly id: string;
  readonly atMs: number;
  readonly token: string;
  readonly country: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPriceMinor: number }[];
  readonly deadlineMs: number;
  /** Whose order it is; absent for who never registered. */
  readonly customer?: string;
  /** Absent for an order that is placed in one go. */
  readonly draft?: DraftPlan;
  /** Absent for who never cancels. Twice for who presses the button twice. */
  readonly cancelsAtMs: readonly number[];
  /** Money given back as soon as the order was shipped, in parts of its total. */
  readonly refunds: readonly number[];
};

/** The bounds of what runs in a process; what is not named is as in production, or fit for runs of minutes. */
export type Bounds = {
  readonly agenda?: Partial<AgendaLimits>;
  readonly recordsPerBatchMax?: number;
  readonly heldRecordsMax?: number;
  /** How long a gap may stay open before somebody is alerted. */
  readonly gapAlertMs?: number;
  /** How long a record may fail before it is parked; however short, trouble that passes parks none. */
  readonly retryBudgetMs?: number;
  /** From how many events on that wait to be sent a service takes nothing new on; nobody counts them when absent. */
  readonly unsentMax?: number;
};

/** All that is settled of a run before it begins. */
export type Plan = {
  readonly seed: number;
  readonly orders: readonly OrderPlan[];
  /** Who registers. */
  readonly customers: readonly CustomerPlan[];
  /** Units received of each SKU, in all. */
  readonly stock: ReadonlyMap<string, number>;
  /** What comes to the stock and goes from it besides orders, later on. */
  readonly stockMoves: readonly StockMove[];
  readonly incidents: readonly Incident[];
  readonly probabilities: ReadonlyMap<Fault, number>;
  readonly replicas: ReadonlyMap<string, number>;
  readonly partitions: number;
  readonly bounds: Bounds;
  readonly carrierMs: { readonly handOverMs: number; readonly deliverMs: number };
  /** How long stock is held for an order that does not move on. */
  readonly holdMs: number;
  /** Whether anybody looks after orders that need a person. */
  readonly hasOperators: boolean;
  /** How long faults go on. */
  readonly troubleMs: number;
};

export const SERVICE_NAMES = ['orders', 'inventory', 'payments', 'shipping', 'projections'] as const;

/** Trouble is short as a rule; now and then it outlasts the long deadlines too. */
const TROUBLE_MS = 20_000;
const LONG_TROUBLE_MS = 90_000;
const LONG_TROUBLE = 0.08;
const SHORT_HOLD_MS = 4_000;
const ORDERS_WITHIN = 0.7;
/**
 * So many orders, from and below, and how often. A trouble shows among few orders too, at a small part of what a crowd costs, and in
 * a short story; a crowd shows what orders do to each other, and what batches do to them.
 */
const ORDERS_PER_RUN: readonly { readonly orders: readonly [number, number]; readonly share: number }[] = [
  { orders: [1, 9], share: 0.84 },
  { orders: [10, 41], share: 0.12 },
  { orders: [40, 161], share: 0.04 },
];
const RARE = 0.05;
const RUNS_WITH_DRAFTS = 0.4;
const DRAFTED = 0.35;
const BY_CUSTOMERS = 0.6;
const ON_TWO_LINES = 0.1;

const TOKENS = [
  ...['tok_ok', 'tok_ok', 'tok_ok', 'tok_ok', 'tok_capture_only', 'tok_timeout_charged', 'tok_timeout_not_charged'],
  ...['tok_flaky', 'tok_declined', 'tok_insufficient_funds'],
];
/** The provider refuses one of their later calls, which then needs a person. */
const REFUSED_LATER = ['tok_capture_refused', 'tok_refund_refused'];
const COUNTRIES = ['AT', 'AT', 'AT', 'AT', 'AT', 'YY', 'ZZ'];
const DEADLINES_MS = [3_000, 20_000, 60_000, 120_000];
const [PLENTY, SCARCE, LAST, UNKNOWN] = ['KETTLE', 'TEA', 'LAST-ONE', 'SAMOVAR'];

const MOVED = [PLENTY, SCARCE, SCARCE, LAST, LAST, UNKNOWN];

const orderPlan = (chance: Chance, nth: number, troubleMs: number): OrderPlan => {
  const atMs = chance.integer(0, Math.floor(troubleMs * ORDERS_WITHIN));
  const sku = chance.happens(RARE) ? UNKNOWN : chance.pick([PLENTY, PLENTY, PLENTY, SCARCE, LAST]);
  const line = (name: string, most: number) => ({
    ...{ sku: name, quantity: chance.integer(1, most + 1), unitPriceMinor: chance.integer(100, 5_000) },
  });
  const wanted = line(sku, sku === PLENTY ? 3 : 2);
  // Whoever adds a thing to a basket once more may have it on two lines.
  const first = chance.happens(ON_TWO_LINES) ? [wanted, { ...wanted, quantity: 1 }] : [wanted];
  const wantsTwo = chance.happens(0.3) && sku !== PLENTY;
  const cancels = chance.happens(0.35);
  const cancelsAtMs = cancels ? [atMs + chance.integer(0, chance.pick([60, 400, 3_000, 12_000]))] : [];
  return {
    id: `order-${String(nth)}`,
    atMs,
    token: chance.pick(chance.happens(RARE) ? REFUSED_LATER : TOKENS),
    country: chance.pick(COUNTRIES),
    lines: [...first, ...(wantsTwo ? [line(PLENTY, 2)] : [])],
    deadlineMs: chance.pick(DEADLINES_MS),
    cancelsAtMs: cancels && chance.happens(0.2) ? [...cancelsAtMs, cancelsAtMs[0]! + 200] : cancelsAtMs,
    refunds: chance.happens(0.25) ? chance.pick([[1], [0.5, 0.5], [0.3], [0.7, 0.7]]) : [],
  };
};

const orderCount = (chance: Chance): number => {
  let left = chance.next();
  const drawn = ORDERS_PER_RUN.find(({ share }) => (left -= share) < 0) ?? ORDERS_PER_RUN[0]!;
  return chance.integer(...drawn.orders);
};

/** Has customers place some of these orders, if there are any. */
const withCustomers = (
  chance: Chance,
  customers: readonly CustomerPlan[],
  orders: readonly OrderPlan[],
): readonly OrderPlan[] =>
  customers.length === 0
    ? orders
    : orders.map((order) => (chance.happens(BY_CUSTOMERS) ? { ...order, customer: chance.pick(customers).id } : order));

/** Has some of these orders made line by line. */
const withDrafts = (chance: Chance, orders: readonly OrderPlan[]): readonly OrderPlan[] =>
  chance.happens(RUNS_WITH_DRAFTS)
    ? orders.map((order) => (chance.happens(DRAFTED) ? { ...order, draft: draftOf(chance, order.lines) } : order))
    : orders;

const RUNS_WITH_BACKLOG = 0.2;
const UNSENT: readonly [number, number] = [2, 20];
/** A bound on what may wait to be sent that is reached as soon as the broker is away; a crowd has more on its way at any time. */
const backlogOf = (chance: Chance, orders: number): Pick<Bounds, 'unsentMax'> =>
  chance.happens(RUNS_WITH_BACKLOG) ? { unsentMax: Math.ceil(orders / 4) + chance.integer(...UNSENT) } : {};

const GAP_ALERT_MS = 3_000;

/**
 * Bounds so small that what is beyond them comes about among few orders too. A crowd is given more room for its calls, so that
 * none of them waits longer for its turn than an order may stand still.
 */
const boundsOf = (chance: Chance, orders: number): Bounds => {
  const crowd = Math.ceil(orders / 4);
  const agenda: Partial<AgendaLimits> = {
    ...{ readMax: chance.integer(1, 6), effectsInMindMax: crowd + chance.integer(0, 3) },
    ...{ deadlinesPerPollMax: chance.integer(1, 4), callsMax: crowd + chance.integer(0, 3) },
    ...{ flushEventsMax: chance.integer(1, 10), flushChangesMax: chance.integer(1, 5) },
  };
  return {
    gapAlertMs: GAP_ALERT_MS,
    ...(chance.happens(0.3) ? { agenda } : {}),
    ...(chance.happens(0.3) ? { recordsPerBatchMax: chance.integer(1, 6) } : {}),
    ...(chance.happens(0.3) ? { heldRecordsMax: chance.integer(1, 6) } : {}),
    ...(chance.happens(0.15) ? { retryBudgetMs: chance.integer(500, 3_000) } : {}),
  };
};

/** Draws a run from its seed: what is wanted, and what goes wrong at what rate. Half of all faults stay away from any one run. */
export const planOf = (seed: number): Plan => {
  const chance = seededChance(`plan/${String(seed)}`);
  const replicas = new Map(SERVICE_NAMES.map((service) => [service, chance.pick([1, 1, 2])]));
  const troubleMs = chance.happens(LONG_TROUBLE) ? LONG_TROUBLE_MS : TROUBLE_MS;
  const orders = Array.from({ length: orderCount(chance) }, (_, nth) => orderPlan(chance, nth + 1, troubleMs));
  const among = { replicas, troubleMs, isLong: troubleMs > TROUBLE_MS };
  const troubles = [
    troubleOf(OLDER_FAULTS, among, chance),
    ...NEWER_FAULTS.map((fault) => troubleOf([fault], among, chance.fork(fault))),
  ];
  const bounds = { ...boundsOf(chance, orders.length), ...backlogOf(chance.fork('backlog'), orders.length) };
  const forCustomers = chance.fork('customers');
  const customers = customersOf(forCustomers, troubleMs);
  const theirOrders = withCustomers(forCustomers, customers, withDrafts(chance.fork('drafts'), orders));
  return {
    ...{
      seed,
      orders: theirOrders,
      customers,
      incidents: troubles.flatMap(({ incidents }) => incidents),
      probabilities: new Map(troubles.flatMap(({ probabilities }) => [...probabilities])),
      replicas,
      partitions: chance.pick([1, 2, 3]),
      troubleMs,
    },
    bounds,
    stock: new Map([
      [PLENTY, 10_000],
      [SCARCE, chance.integer(1, 7)],
      [LAST, 1],
    ]),
    stockMoves: stockMovesOf(chance.fork('stock moves'), MOVED, troubleMs),
    carrierMs: { handOverMs: chance.pick([0, 500, 3_000]), deliverMs: chance.pick([0, 1_000]) },
    holdMs: chance.pick([STOCK_HOLD_MS, STOCK_HOLD_MS, SHORT_HOLD_MS]),
    hasOperators: chance.happens(0.4),
  };
};
