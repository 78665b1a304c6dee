import type { Message } from '@murmuration/kernel';
import { NOON } from './actor-state';
import type { Part } from './actor';
import type { Wish } from './moves';
import type { Flock } from './rules';

export type OrderedLine = { readonly sku: string; readonly quantity: number };

/** What the world is like before the first message. */
export type Scenario = {
  readonly name: string;
  /** Calls that each partner leaves unanswered for good, where it is more than the bounds say. */
  readonly giveUpsMin?: number;
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
    ...{ giveUpsMin: 1, isOrdersPrompt: true, stock: { TEA: 1 }, orders: [paid] },
  },
  { name: 'one of two lines is short', stock: { TEA: 1, MUG: 1 }, orders: [{ ...paid, lines: TEA_AND_MUG }] },
];

/** Two orders that both want what there is only once. */
export const LAST_UNIT: Scenario = { name: 'two orders, one last unit', stock: { TEA: 1 }, orders: [paid, paid] };

const DEADLINE_MS = 15 * 60 * 1000;
const UNIT_PRICE_MINOR = 500;
const REFUND_MINOR = 200;
const SHIP_TO = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070' };

/** Who takes part in a scenario, and what people outside may ask of them. */
export const partsOf = ({ stock, orders }: Scenario, flock: Flock): readonly Part[] => [
  {
    name: 'inventory',
    rules: flock.inventory,
    orderId: 'all',
    isShared: true,
    begins: Object.entries(stock).map(
      ([sku, quantity]): Message & object => ({ type: 'ReceiveStock', sku, quantity, now: NOON }) as Message,
    ),
    wishes: [],
  },
  ...orders.flatMap(({ paymentToken, country, lines }, index): readonly Part[] => {
    const orderId = `o-${index + 1}`;
    const suffix = orders.length === 1 ? '' : ` ${orderId}`;
    const own = { orderId, isShared: false, begins: [], wishes: [] };
    const place = {
      ...{ type: 'PlaceOrder', orderId, customerId: 'c-1', currency: 'EUR', paymentToken },
      ...{ deadlineMs: DEADLINE_MS, now: NOON, shipTo: { ...SHIP_TO, country } },
      lines: lines.map((line) => ({ ...line, unitPriceMinor: UNIT_PRICE_MINOR })),
    };
    return [
      { ...own, name: `orders${suffix}`, rules: flock.orders, begins: [place], wishes: [cancelWish(orderId)] },
      { ...own, name: `payments${suffix}`, rules: flock.payments, wishes: [refundWish(orderId)] },
      { ...own, name: `shipping${suffix}`, rules: flock.shipping },
    ];
  }),
];

const wish = (name: string, by: string, command: Message & object): Wish => ({ name, by, command });

const cancelWish = (orderId: string): Wish =>
  wish('cancels', 'customer', {
    type: 'RequestCancellation',
    ...{ orderId, reason: 'customer-requested', now: NOON },
  });

const refundWish = (orderId: string): Wish =>
  wish('returns a part', 'operator', {
    type: 'RequestRefund',
    ...{ orderId, refundId: 'r-1', amountMinor: REFUND_MINOR, now: NOON },
  });
