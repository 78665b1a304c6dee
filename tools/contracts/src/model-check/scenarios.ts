import type { Message } from '@murmuration/kernel';
import { NOON } from './actor-state';
import type { Part } from './actor';
import type { Wish } from './moves';
import type { DecidingService, Flock } from './rules';

export type OrderedLine = { readonly sku: string; readonly quantity: number };

/** What the world is like before the first message. */
export type Scenario = {
  readonly name: string;
  /** Whose partner leaves a call unanswered for good, whatever the bounds say. */
  readonly silentAt?: readonly DecidingService[];
  /** Where operators do what they can about an order that needs a person. */
  readonly operatorsAt?: readonly DecidingService[];
  /** Whether orders hears at once, so that more can be looked at elsewhere. */
  readonly isOrdersPrompt?: boolean;
  /** Units received by SKU. */
  readonly stock: Readonly<Record<string, number>>;
  readonly orders: readonly {
    readonly paymentToken: string;
    readonly country: string;
    readonly lines: readonly OrderedLine[];
  }[];
};

const ONE_TEA = [{ sku: 'TEA', quantity: 1 }];
const TEA_AND_MUG = [...ONE_TEA, { sku: 'MUG', quantity: 2 }];

const paid = { paymentToken: 'tok_ok', country: 'AT', lines: ONE_TEA };

/** One order, in every world that its input can make. */
export const ONE_ORDER: readonly Scenario[] = [
  { name: 'all goes well', stock: { TEA: 1 }, orders: [paid] },
  {
    name: 'a card that can only be captured',
    stock: { TEA: 1 },
    orders: [{ ...paid, paymentToken: 'tok_capture_only' }],
  },
  { name: 'the provider declines', stock: { TEA: 1 }, orders: [{ ...paid, paymentToken: 'tok_declined' }] },
  { name: 'the carrier refuses', stock: { TEA: 1 }, orders: [{ ...paid, country: 'ZZ' }] },
  {
    name: 'captured only, then refused by the carrier',
    stock: { TEA: 1 },
    orders: [{ ...paid, paymentToken: 'tok_capture_only', country: 'ZZ' }],
  },
  {
    name: 'the partners fall silent, orders hears at once',
    ...{ silentAt: ['payments', 'shipping'], isOrdersPrompt: true, stock: { TEA: 1 }, orders: [paid] },
  },
  {
    name: 'the provider falls silent, operators step in, orders hears at once',
    ...{ silentAt: ['payments'], operatorsAt: ['payments'], isOrdersPrompt: true, stock: { TEA: 1 }, orders: [paid] },
  },
  {
    name: 'the carrier falls silent, operators step in, orders hears at once',
    ...{ silentAt: ['shipping'], operatorsAt: ['shipping'], isOrdersPrompt: true, stock: { TEA: 1 }, orders: [paid] },
  },
  { name: 'one of two lines is short', stock: { TEA: 1, MUG: 1 }, orders: [{ ...paid, lines: TEA_AND_MUG }] },
];

/** One order with all troubles and all helpers at once: too much to visit every state of. */
export const ALL_AT_ONCE: Scenario = {
  name: 'all troubles and all helpers at once',
  silentAt: ['payments', 'shipping'],
  operatorsAt: ['orders', 'payments', 'shipping'],
  stock: { TEA: 1 },
  orders: [paid],
};

/** Two orders that both want what there is only once. */
export const LAST_UNIT: Scenario = { name: 'two orders, one last unit', stock: { TEA: 1 }, orders: [paid, paid] };

const DEADLINE_MS = 15 * 60 * 1000;
const UNIT_PRICE_MINOR = 500;
const REFUND_MINOR = 200;
const SHIP_TO = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070' };

/** Who takes part in a scenario, and what people outside may ask of them. */
export const partsOf = ({ stock, orders, operatorsAt = [] }: Scenario, flock: Flock): readonly Part[] => [
  {
    name: 'inventory',
    rules: flock.inventory,
    orderId: 'all',
    isShared: true,
    begins: Object.entries(stock).map(([sku, quantity]) => command('ReceiveStock', { sku, quantity })),
    wishes: [],
  },
  ...orders.flatMap((order, index): readonly Part[] => {
    const orderId = `o-${index + 1}`;
    const suffix = orders.length === 1 ? '' : ` ${orderId}`;
    const own = { orderId, isShared: false, begins: [] };
    const helped = (service: DecidingService, ...names: readonly string[]): readonly Wish[] =>
      operatorsAt.includes(service) ? names.map((name) => operatorWish(name, orderId)) : [];
    return [
      {
        ...{ ...own, name: `orders${suffix}`, rules: flock.orders, begins: [placing(orderId, order)] },
        wishes: [cancelWish(orderId), ...helped('orders', 'ForceCancellation', 'RetryOrder')],
      },
      {
        ...{ ...own, name: `payments${suffix}`, rules: flock.payments },
        wishes: [refundWish(orderId), ...helped('payments', 'RetryCall')],
      },
      { ...own, name: `shipping${suffix}`, rules: flock.shipping, wishes: helped('shipping', 'RetryCall') },
    ];
  }),
];

const command = (type: string, fields: object): Message => ({ type, ...fields, now: NOON }) as Message; // because the fields are beside the type

const placing = (orderId: string, { paymentToken, country, lines }: Scenario['orders'][number]): Message =>
  command('PlaceOrder', {
    ...{ orderId, customerId: 'c-1', currency: 'EUR', paymentToken, deadlineMs: DEADLINE_MS },
    shipTo: { ...SHIP_TO, country },
    lines: lines.map((line) => ({ ...line, unitPriceMinor: UNIT_PRICE_MINOR })),
  });

const cancelWish = (orderId: string): Wish => ({
  ...{ name: 'cancels', by: 'customer' },
  command: command('RequestCancellation', { orderId, reason: 'customer-requested' }),
});

const refundWish = (orderId: string): Wish => ({
  ...{ name: 'gives a part back', by: 'operator' },
  command: command('RequestRefund', { orderId, refundId: 'r-1', amountMinor: REFUND_MINOR }),
});

/** Each time is an act of its own, so that only one is looked at. */
const operatorWish = (type: string, orderId: string): Wish => ({
  ...{ name: type, by: 'operator', timesMax: 1 },
  command: command(type, { orderId, actor: 'mira', reason: 'the customer called' }),
});
