import type { Order } from '@murmuration/domain-orders';
import { derivedId } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { Oracle } from '../oracle/oracle';
import type { DraftPlan } from '../plan/drafts';
import type { OrderPlan, Plan } from '../plan/plan';
import type { StockMove } from '../plan/stock-moves';
import type { Answer } from '../world/gateway';
import type { Surroundings } from '../world/process';
import { befall, type World } from '../world/world';
import { customerIdOf, scheduleRegistered } from './customers';
import { scheduleMenders } from './menders';

/** How far the clock of a database is off at most, for a whole run. */
const DATABASE_CLOCK_OFF_MAX_MS = 2_000;
const CLOCK_JUMP_MAX_MS = 300_000;
const SHIP_TO = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070' };
const UNREGISTERED = 'c-1';
const CURRENCY = 'EUR';
/** How soon money is asked back, how often it is asked for again while the parcel has not left, and by what that shows. */
const REFUND_WITHIN_MS = 8_000;
const REFUND_ASKED_EVERY_MS = 700;
const REFUND_ASKED_MAX = 40;
const NOT_SHIPPED_YET = new Set(['OrderNotHeardOfYet', 'NotCaptured', 'NotDispatched']);
/** How often operators look for orders that need them, how long after the trouble they still do, and how often they try one. */
const OPERATORS_LOOK_EVERY_MS = 2_000;
const OPERATORS_STAY_MS = 40_000;
const INTERVENTIONS_MAX = 5;

/** Sets all that people want and all that befalls the flock on its way. */
export const scheduleLife = (
  plan: Plan,
  world: World,
  surroundings: Surroundings,
  oracle: Pick<Oracle, 'statuses' | 'order' | 'isWaitingForPerson'>,
): void => {
  const { time, decisions } = surroundings;
  setClocks(world, surroundings);
  for (const [sku, quantity] of plan.stock)
    void world.gateway.execute('inventory', { type: 'ReceiveStock', sku, quantity, now: time.now() } as Message, {
      commandId: derivedId('received', sku),
      orderId: sku,
    });
  for (const order of plan.orders)
    if (decisions.takesPlace(`${order.id} is placed`)) scheduleCustomer(order, plan, world, surroundings);
  for (const { fault, target, atMs, durationMs } of plan.incidents) {
    const id = `${fault}: ${target} at ${atMs} ms for ${durationMs} ms`;
    time.after(atMs, () => {
      if (decisions.isHealed() || !decisions.takesPlace(id, fault)) return;
      const offsetMs = decisions.integer(`clock ${target}`, -CLOCK_JUMP_MAX_MS, CLOCK_JUMP_MAX_MS);
      befall(world, fault, target, durationMs, offsetMs);
    });
  }
  for (const customer of plan.customers) scheduleRegistered(customer, plan.seed, world, surroundings);
  for (const move of plan.stockMoves) scheduleStockMove(move, world, surroundings);
  scheduleMenders(plan, world, surroundings);
  if (plan.hasOperators) scheduleOperators(plan, world, surroundings, oracle);
};

/**
 * Sets the clocks of databases as wrong as they stay. A deadline is ripe by the clock of its database, so one that is set on later
 * would fire it early, and end leases early, as it does in production; to be some time off from the beginning must do no harm.
 */
const setClocks = ({ services }: World, { decisions }: Surroundings): void => {
  for (const [name, { database }] of services)
    if (decisions.strikes('database clock off', name))
      database.jumpClock(
        decisions.integer(`clock of ${name}`, -DATABASE_CLOCK_OFF_MAX_MS, DATABASE_CLOCK_OFF_MAX_MS + 1),
      );
};

/** Somebody counts units in or out. */
const scheduleStockMove = ({ id, atMs, type, sku, by }: StockMove, { gateway }: World, at: Surroundings): void =>
  void at.time.after(atMs, () => {
    if (!at.decisions.takesPlace(`${id} is counted`)) return;
    const units = type === 'ReceiveStock' ? { quantity: by } : { delta: by, reason: 'stocktaking' };
    const command: Message & Record<string, unknown> = { type, sku, ...units, now: at.time.now() };
    void gateway.execute('inventory', command, { commandId: derivedId('moved', id), orderId: sku });
  });

const basketOf = ({ token, country, customer }: OrderPlan, seed: number) => ({
  ...{ customerId: customer === undefined ? UNREGISTERED : customerIdOf(seed, customer) },
  ...{ currency: CURRENCY, paymentToken: token, shipTo: { ...SHIP_TO, country } },
});

type Basket = ReturnType<typeof basketOf> & { readonly deadlineMs: number };

/** Asks a service about one order; `about` tells one request from another. */
type Ask = (service: string, about: string, command: Message & Record<string, unknown>) => Promise<Answer>;

/** Makes an order line by line. */
const makeDraft = async (draft: DraftPlan, basket: Basket, ask: Ask, { time }: Surroundings): Promise<void> => {
  const { deadlineMs, ...rest } = basket;
  const made = ask('orders', 'draft', { ...rest, type: 'CreateOrder', lines: draft.begunWith });
  if (!draft.inHurry) await made;
  for (const [nth, { afterMs, ...step }] of draft.steps.entries()) {
    await new Promise<void>((goOn) => void time.after(afterMs, goOn));
    const more = { SubmitOrder: { deadlineMs }, RequestCancellation: { reason: 'customer-requested' } };
    const done = ask('orders', `draft ${nth}`, { ...step, ...('sku' in step ? {} : more[step.type]) });
    if (!draft.inHurry) await done;
  }
};

/** One customer orders, may think better of it, and may want money back. */
const scheduleCustomer = (order: OrderPlan, plan: Plan, world: World, surroundings: Surroundings): void => {
  const { time, decisions } = surroundings;
  const orderId = derivedId('simulated', String(plan.seed), order.id);
  const ask: Ask = (service, about, command) =>
    world.gateway.execute(service, { orderId, now: time.now(), ...command } as Message, {
      ...{ commandId: about === 'place' ? orderId : derivedId(orderId, about), orderId },
    });
  const { draft, deadlineMs } = order;
  const basket = { ...basketOf(order, plan.seed), deadlineMs };
  time.after(order.atMs, () => {
    if (draft === undefined) void ask('orders', 'place', { ...basket, type: 'PlaceOrder', lines: order.lines });
    else void makeDraft(draft, basket, ask, surroundings);
  });
  for (const [nth, atMs] of order.cancelsAtMs.entries())
    time.after(atMs, () => {
      if (decisions.takesPlace(`${order.id} is cancelled, press ${nth + 1}`))
        void ask('orders', `cancel ${nth}`, { type: 'RequestCancellation', reason: 'customer-requested' });
    });
  const total = order.lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);
  const giveBack = async (nth: number, amountMinor: number): Promise<void> => {
    for (let times = 0; times < REFUND_ASKED_MAX; times++) {
      const wish = { type: 'RequestRefund', refundId: `return-${nth}`, amountMinor };
      const answer = await ask('payments', `refund ${nth}`, wish);
      if (answer === 'no-answer' || answer.outcome !== 'rejected' || !NOT_SHIPPED_YET.has(answer.rejection.type))
        return;
      await new Promise<void>((again) => void time.after(REFUND_ASKED_EVERY_MS, again));
    }
  };
  const isWanted = draft === undefined || draft.steps.some(({ type }) => type === 'SubmitOrder');
  for (const [nth, part] of isWanted ? order.refunds.entries() : [])
    time.after(order.atMs + decisions.integer(`${order.id} refund`, 0, REFUND_WITHIN_MS), () => {
      if (decisions.takesPlace(`${order.id} gets money back, part ${nth + 1}`))
        void giveBack(nth, Math.max(1, Math.floor(total * part)));
    });
};

type Intervention = {
  readonly name: string;
  readonly service: string;
  readonly type: string;
  /** What else the command says. */
  readonly says?: (order: Order | undefined) => Readonly<Record<string, unknown>>;
};

/** What left or was kept for an order, which operators read off its lines. */
const linesOf = (order: Order | undefined): readonly { readonly sku: string; readonly quantity: number }[] => {
  if (order?.stage !== 'placed') return [];
  const units = new Map<string, number>();
  for (const { sku, quantity } of order.lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return [...units].map(([sku, quantity]) => ({ sku, quantity }));
};

/** What operators do about an order that needs a person and that nothing but the flock itself can settle. */
const INTERVENTIONS: readonly Intervention[] = [
  { name: 'retry the payment call', service: 'payments', type: 'RetryCall' },
  { name: 'retry the carrier call', service: 'shipping', type: 'RetryCall' },
  { name: 'retry the order', service: 'orders', type: 'RetryOrder' },
  { name: 'force the cancellation', service: 'orders', type: 'ForceCancellation' },
  {
    ...{ name: 'retry the commit', service: 'inventory', type: 'RetryCommit' },
    says: (order) => ({ lines: linesOf(order) }),
  },
  { name: 'resolve the reservation', service: 'inventory', type: 'ResolveReservation' },
  { name: 'give the payment call up', service: 'payments', type: 'ResolveCall', says: () => ({ outcome: 'not-done' }) },
  { name: 'give the carrier call up', service: 'shipping', type: 'ResolveCall', says: () => ({ outcome: 'not-done' }) },
  {
    name: 'close the order as cancelled',
    service: 'orders',
    type: 'ResolveOrder',
    says: () => ({ outcome: 'cancelled' }),
  },
  {
    name: 'close the order as completed',
    service: 'orders',
    type: 'ResolveOrder',
    says: () => ({ outcome: 'completed' }),
  },
];

/** Operators look every now and then for orders that need a person, and try one thing after another. */
const scheduleOperators = (
  plan: Plan,
  world: World,
  { time, decisions }: Surroundings,
  oracle: Pick<Oracle, 'statuses' | 'order' | 'isWaitingForPerson'>,
): void => {
  const tried = new Map<string, number>();
  const intervene = (orderId: string): void => {
    const nth = (tried.get(orderId) ?? 0) + 1;
    tried.set(orderId, nth);
    const chosen = INTERVENTIONS[decisions.integer(`operator ${orderId}`, 0, INTERVENTIONS.length)];
    if (nth > INTERVENTIONS_MAX || chosen === undefined) return;
    const { name, service, type, says } = chosen;
    if (!decisions.takesPlace(`operators ${name} of ${orderId}, ${nth}`)) return;
    world.tally.add(`operators ${name}`);
    const said = says?.(oracle.order(orderId));
    const command = { type, orderId, actor: 'ada', reason: name, now: time.now(), ...said } as Message;
    void world.gateway.execute(service, command, { commandId: derivedId(orderId, 'operator', String(nth)), orderId });
  };
  const look = (): void => {
    for (const [orderId, status] of oracle.statuses())
      if (status === 'needs-attention' || oracle.isWaitingForPerson(orderId)) intervene(orderId);
    if (time.nowMs() < plan.troubleMs + OPERATORS_STAY_MS) time.after(OPERATORS_LOOK_EVERY_MS, look);
  };
  time.after(OPERATORS_LOOK_EVERY_MS, look);
};
