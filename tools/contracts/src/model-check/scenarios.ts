import type { Message } from '@murmuration/kernel';
import { NOON } from './actor-state';
import type { Part } from './actor';
import type { Wish } from './moves';
import type { DecidingService, Flock } from './rules';

export type OrderedLine = { readonly sku: string; readonly quantity: number };

/** What an order comes to, by what the customer wants: its lines by SKU, in the order of their SKUs, and minor units of money. */
export type Ordered = { readonly units: string; readonly totalMinor: number };

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
  /** What an operator may give back once it has left, in minor units: each amount is a return of its own. */
  readonly returns?: readonly number[];
  /** How its runs end, as the search names it: each of these is the end of some run, and no run has another. */
  readonly endsAs: readonly string[];
};

const ONE_TEA = [{ sku: 'TEA', quantity: 1 }];
const TEA_AND_MUG = [...ONE_TEA, { sku: 'MUG', quantity: 2 }];

const paid = { paymentToken: 'tok_ok', country: 'AT', lines: ONE_TEA };

const SHIPPED = ['completed', 'delivered'];
/** What was dispatched in time, but its authorisation ran out before the capture, or whose partner is silent. */
const ANY_END = ['cancelled', ...SHIPPED, 'needs-attention'];

const prompt = { isOrdersPrompt: true, stock: { TEA: 1 }, orders: [paid], endsAs: ANY_END };

/** One order, in every world that its input can make. */
export const ONE_ORDER: readonly Scenario[] = [
  {
    name: 'all goes well',
    ...{ stock: { TEA: 1, MUG: 2 }, orders: [{ ...paid, lines: TEA_AND_MUG }], endsAs: ANY_END },
  },
  {
    name: 'a card that can only be captured',
    stock: { TEA: 1 },
    orders: [{ ...paid, paymentToken: 'tok_capture_only' }],
    endsAs: ['cancelled', ...SHIPPED],
  },
  {
    name: 'the provider declines',
    ...{ stock: { TEA: 1 }, orders: [{ ...paid, paymentToken: 'tok_declined' }], endsAs: ['cancelled'] },
  },
  {
    name: 'the carrier refuses',
    ...{ stock: { TEA: 1 }, orders: [{ ...paid, country: 'ZZ' }], endsAs: ['cancelled'] },
  },
  {
    name: 'captured only, then refused by the carrier',
    stock: { TEA: 1 },
    orders: [{ ...paid, paymentToken: 'tok_capture_only', country: 'ZZ' }],
    endsAs: ['cancelled'],
  },
  { ...prompt, name: 'the partners fall silent, orders hears at once', silentAt: ['payments', 'shipping'] },
  {
    ...{ ...prompt, name: 'the provider falls silent, operators step in, orders hears at once' },
    ...{ silentAt: ['payments'], operatorsAt: ['payments'] },
  },
  {
    ...{ ...prompt, name: 'the carrier falls silent, operators step in, orders hears at once' },
    ...{ silentAt: ['shipping'], operatorsAt: ['shipping'] },
  },
  {
    name: 'one of two lines is short',
    stock: { TEA: 1, MUG: 1 },
    orders: [{ ...paid, lines: TEA_AND_MUG }],
    // Cancelled when the cancellation overtakes the order on its way to inventory.
    endsAs: ['cancelled', 'rejected'],
  },
  {
    ...{ ...prompt, name: 'two returns that come to more than was paid, orders hears at once' },
    returns: [200, 400],
  },
];

/** One order with all troubles and all helpers at once: too much to visit every state of. */
export const ALL_AT_ONCE: Scenario = {
  name: 'all troubles and all helpers at once',
  silentAt: ['payments', 'shipping'],
  operatorsAt: ['orders', 'payments', 'shipping'],
  stock: { TEA: 1 },
  orders: [paid],
  endsAs: ANY_END,
};

const WITHOUT_UNIT = ['cancelled', 'rejected'];

/** At most one of them has the unit, and of two that were refused it neither would have been in the way of the other. */
const ENDS_OF_TWO = [...ANY_END, 'rejected'].flatMap((first) =>
  [...ANY_END, 'rejected']
    .filter((second) => WITHOUT_UNIT.includes(first) || WITHOUT_UNIT.includes(second))
    .filter((second) => first !== 'rejected' || second !== 'rejected')
    .map((second) => `${first} and ${second}`),
);

/** Two orders that both want what there is only once. */
export const LAST_UNIT: Scenario = {
  ...{ name: 'two orders, one last unit', stock: { TEA: 1 }, orders: [paid, paid] },
  endsAs: ENDS_OF_TWO,
};

const DEADLINE_MS = 15 * 60 * 1000;
const UNIT_PRICE_MINOR = 500;
const RETURN_MINOR = 200;
const SHIP_TO = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070' };

const orderIdOf = (index: number): string => `o-${index + 1}`;

/** What the customer of this order wants, apart from anything that a service makes of it. */
export const orderedIn = ({ orders }: Scenario, orderId: string): Ordered => {
  const lines = orders.find((_, index) => orderIdOf(index) === orderId)?.lines ?? [];
  return {
    units: unitsOf(lines),
    totalMinor: lines.reduce((total, { quantity }) => total + quantity * UNIT_PRICE_MINOR, 0),
  };
};

/** Lines as one short text, the same for lines that come to the same. */
export const unitsOf = (lines: readonly OrderedLine[]): string => {
  const units = new Map<string, number>();
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return [...units]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([sku, quantity]) => `${quantity} ${sku}`)
    .join(', ');
};

/** Who takes part in a scenario, and what people outside may ask of them. */
export const partsOf = (
  { stock, orders, operatorsAt = [], returns = [RETURN_MINOR] }: Scenario,
  flock: Flock,
): readonly Part[] => [
  {
    name: 'inventory',
    rules: flock.inventory,
    orderId: 'all',
    isShared: true,
    begins: Object.entries(stock).map(([sku, quantity]) => command('ReceiveStock', { sku, quantity })),
    wishes: [],
  },
  ...orders.flatMap((order, index): readonly Part[] => {
    const orderId = orderIdOf(index);
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
        wishes: [
          ...returns.map((amountMinor, nth) => returnWish(orderId, nth, amountMinor)),
          ...helped('payments', 'RetryCall'),
        ],
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

const returnWish = (orderId: string, nth: number, amountMinor: number): Wish => ({
  ...{ name: `gives back ${amountMinor}`, by: 'operator' },
  command: command('RequestRefund', { orderId, refundId: `r-${nth + 1}`, amountMinor }),
});

/** Each time is an act of its own, so that only one is looked at. */
const operatorWish = (type: string, orderId: string): Wish => ({
  ...{ name: type, by: 'operator', timesMax: 1 },
  command: command(type, { orderId, actor: 'mira', reason: 'the customer called' }),
});
