import { unregisteredCustomer } from '@murmuration/domain-customers';
import { isBefore, plusMs } from '@murmuration/kernel';
import fc from 'fast-check';
import { ordersModel } from './model';
import type { FactName } from './order.facts';
import { basket, cancel, deadlineMs, force, hear, kettles, now, orderId, resolve, retry, tea } from './order.fixture';
import { totalOf } from './order.lines';
import { orderStream, type OrderCommand, type OrderEvent } from './order.messages';
import { absentOrder, standingOf, type Order } from './order.state';

const FACTS: readonly FactName[] = [
  ...(['stock-reserved', 'stock-refused', 'stock-released', 'stock-committed', 'stock-hold-expired'] as const),
  ...(['payment-authorized', 'payment-declined', 'payment-captured', 'payment-voided', 'payment-refunded'] as const),
  ...(['payment-authorization-expired', 'shipment-booked', 'shipment-refused', 'shipment-dispatched'] as const),
  ...(['shipment-delivered', 'shipment-cancelled', 'shipment-cancel-refused'] as const),
  ...(['stock-needs-attention', 'payment-needs-attention', 'shipment-needs-attention'] as const),
];

const submit: OrderCommand = { type: 'SubmitOrder', orderId, deadlineMs, now };
const place: OrderCommand = { type: 'PlaceOrder', orderId, ...basket, lines: [kettles, tea], deadlineMs, now };
const create: OrderCommand = { type: 'CreateOrder', orderId, ...basket, lines: [tea], now };

/** The deadline that is set when it is drawn; it fires when it is due. */
const DEADLINE = 'deadline';
type Wish = OrderCommand | typeof DEADLINE;

/** What may come more than once, since whoever says it cannot know whether it was heard. */
const repeatable: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...FACTS).map((name) => hear(name)) },
  fc.constantFrom(submit, place, create, cancel),
  fc.constant(DEADLINE),
  fc.constantFrom(retry, force, resolve('cancelled'), resolve('completed')),
);
const quantities = fc.integer({ min: 0, max: 3 });
const ofLines: fc.Arbitrary<OrderCommand> = fc.oneof(
  quantities.map((quantity): OrderCommand => ({ type: 'AddOrderLine', orderId, ...tea, quantity, now })),
  quantities.map((quantity): OrderCommand => ({ type: 'ChangeLineQuantity', orderId, sku: tea.sku, quantity, now })),
  fc.constant<OrderCommand>({ type: 'RemoveOrderLine', orderId, sku: tea.sku, now }),
);

/** Orders that were placed at once, or drafted first, and then anything at all. */
const commands = fc
  .tuple(
    fc.constantFrom<readonly OrderCommand[]>([place], [create], [create, submit], []),
    fc.array<Wish>(fc.oneof({ weight: 6, arbitrary: repeatable }, ofLines), { maxLength: 30 }),
  )
  .map(([first, anything]): readonly Wish[] => [...first, ...anything]);

const MINUTE_MS = 60 * 1000;

/** One order in miniature, told one thing a minute. */
const playOrder = () => {
  let order: Order = absentOrder;
  let clock = now;
  const tell = (command: OrderCommand): readonly OrderEvent[] => {
    const stateOf = (streamId: string) => (streamId === orderStream(orderId) ? order : unregisteredCustomer);
    const events = (ordersModel.decide(command, stateOf).accepted ?? []).filter((event) => 'orderId' in event);
    for (const event of events) order = ordersModel.evolve(order, event) as Order; // because the events of an order are stored with it
    return events;
  };
  const commandOf = (wish: Wish): OrderCommand | undefined => {
    clock = plusMs(clock, MINUTE_MS);
    if (wish !== DEADLINE) return { ...wish, now: clock };
    if (order.stage !== 'placed') return undefined;
    const { deadlineAt: dueAt } = order;
    clock = isBefore(clock, dueAt) ? dueAt : clock;
    return { type: 'EnforceDeadline', orderId, dueAt, now: clock };
  };
  return {
    order: () => order,
    run: (wish: Wish): readonly OrderEvent[] => {
      const command = commandOf(wish);
      return command === undefined ? [] : tell(command);
    },
    /** What the second of two equal commands leads to. */
    runTwice: (wish: Wish): readonly OrderEvent[] => {
      const command = commandOf(wish);
      if (command === undefined) return [];
      tell(command);
      return tell(command);
    },
  };
};

const ENDS = ['OrderCompleted', 'OrderCancelled', 'OrderRejected', 'OrderDiscarded'];

describe('the laws of an order', () => {
  it('a reaction twice is once', () => {
    fc.assert(
      fc.property(commands, repeatable, (wishes, twice) => {
        const { run, runTwice } = playOrder();
        wishes.forEach(run);
        expect(runTwice(twice)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('it ends once, and only what is completed is delivered, whatever is said', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { run } = playOrder();
        const said = wishes.flatMap(run).map(({ type }) => type as string);
        const ends = said.filter((type) => ENDS.includes(type));
        expect(ends.length).toBeLessThanOrEqual(1);
        if (said.includes('OrderDelivered')) expect(ends).toEqual(['OrderCompleted']);
      }),
      { numRuns: 500 },
    );
  });

  it('its lines and its total are those that were submitted, whatever is wished later', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { run, order } = playOrder();
        const [submitted] = wishes.flatMap(run).filter((event) => event.type === 'OrderSubmitted');
        if (submitted === undefined) return;
        expect(submitted.totalMinor).toBe(totalOf(submitted.lines));
        expect(order()).toMatchObject({ lines: submitted.lines, totalMinor: submitted.totalMinor });
      }),
    );
  });

  it('an end that was said stands, but that what is completed may be delivered', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { run, order } = playOrder();
        let ended: string | undefined;
        for (const wish of wishes) {
          run(wish);
          const state = order();
          if (state.stage === 'absent') continue;
          const { status } = standingOf(state);
          if (ended === 'cancelled' || ended === 'rejected') expect(status).toBe(ended);
          if (ended !== undefined) expect([ended, 'delivered']).toContain(status);
          ended = ['completed', 'delivered', 'cancelled', 'rejected'].includes(status) ? status : ended;
        }
      }),
      { numRuns: 300 },
    );
  });
});
