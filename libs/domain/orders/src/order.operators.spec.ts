import { customerStream, unregisteredCustomer } from '@murmuration/domain-customers';
import fc from 'fast-check';
import { ordersModel } from './model';
import type { FactName } from './order.facts';
import {
  cancel,
  customerId,
  deadlineFires,
  force,
  hear,
  later,
  orderId,
  resolve,
  retry,
  submitted,
} from './order.fixture';
import { orderStream, type OrderCommand, type OrderEvent } from './order.messages';
import { evolve, standingOf, type Order } from './order.state';

const FACTS: readonly FactName[] = [
  ...(['stock-reserved', 'stock-refused', 'stock-released', 'stock-committed', 'stock-hold-expired'] as const),
  ...(['payment-authorized', 'payment-declined', 'payment-captured', 'payment-voided', 'payment-refunded'] as const),
  ...(['payment-authorization-expired', 'shipment-booked', 'shipment-refused', 'shipment-dispatched'] as const),
  ...(['shipment-delivered', 'shipment-cancelled', 'shipment-cancel-refused'] as const),
  ...(['stock-needs-attention', 'payment-needs-attention', 'shipment-needs-attention'] as const),
];

const byHand = [retry, force, resolve('completed'), resolve('cancelled')];
const commands: fc.Arbitrary<readonly OrderCommand[]> = fc.array(
  fc.oneof(
    fc.constantFrom(...FACTS).map((name): OrderCommand => hear(name)),
    fc.constantFrom<OrderCommand>(...byHand, cancel, deadlineFires(later, later)),
  ),
  { maxLength: 25 },
);

/** All that an order says while these commands come, and how it stands in the end. Anything at all may be said of it. */
const play = (wishes: readonly OrderCommand[]) => {
  let order: Order = evolve({ kind: 'order', stage: 'absent' }, submitted);
  const events: OrderEvent[] = [];
  for (const wish of wishes) {
    const streams = { [orderStream(orderId)]: order, [customerStream(customerId)]: unregisteredCustomer };
    const { accepted = [] } = ordersModel.decide(wish, (streamId) => streams[streamId] ?? order);
    for (const event of accepted as readonly OrderEvent[]) {
      events.push(event);
      order = evolve(order, event);
    }
  }
  return { events, order };
};

const has = (events: readonly OrderEvent[], ...types: readonly OrderEvent['type'][]): boolean =>
  events.some(({ type }) => types.includes(type));

describe('whatever is said of an order and whatever operators do', () => {
  it('it ends once, and never in two ways', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { events } = play(wishes);
        const calledOff = events.filter(({ type }) => type === 'OrderCancelled' || type === 'OrderRejected');
        const fulfilled = events.filter(({ type }) => type === 'OrderCompleted');
        expect(calledOff.length + fulfilled.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1_000 },
    );
  });

  it('it is never cancelled once the parcel has left, nor completed by hand before', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { events, order } = play(wishes);
        const knows = (name: FactName) => order.stage === 'placed' && order.facts[name] !== undefined;
        if (has(events, 'OrderCancelled')) expect(knows('shipment-dispatched')).toBe(false);
        const [resolution] = events.filter((event) => event.type === 'OrderAttentionResolved');
        if (resolution?.outcome === 'completed')
          expect(knows('shipment-dispatched') || knows('shipment-delivered')).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('what operators do is answered with an event that names who and why, or with a refusal', () => {
    fc.assert(
      fc.property(commands, fc.constantFrom(...byHand), (wishes, command) => {
        const { order } = play(wishes);
        if (order.stage !== 'placed') return;
        const { accepted, rejected } = ordersModel.decide(command, (streamId) =>
          streamId === orderStream(orderId) ? order : unregisteredCustomer,
        );
        const needsPerson = standingOf(order).status === 'needs-attention';
        if (rejected === undefined && needsPerson) expect(accepted?.[0]).toMatchObject({ actor: 'mira' });
        if (!needsPerson) expect(accepted ?? []).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
