import type { Message } from '@murmuration/kernel';
import type { Reactions } from './reactions';
import { reactionsByEvent } from './reactions';
import { orderCancellationRequested, orderSubmitted } from './orders.events';
import { paymentAuthorized, paymentCaptured } from './payments.events';

type Command = Message & { readonly orderId: string };
type Rejection = { readonly type: 'ShipmentClosed' };
type Shipping = Reactions<'shipping', Command, Rejection>;

const noteOrder: Shipping['note-order'] = {
  on: { [orderSubmitted.name]: ({ orderId }) => [{ type: 'NoteOrder', orderId }] },
  stale: [],
};
const bookShipment: Shipping['book-shipment'] = {
  on: { [paymentAuthorized.name]: ({ orderId }) => [{ type: 'Book', orderId }] },
  stale: ['ShipmentClosed'],
};
const cancelShipment: Shipping['cancel-shipment'] = {
  on: { [orderCancellationRequested.name]: ({ orderId }) => [{ type: 'Cancel', orderId }] },
  stale: [],
};

/** What each of these must not be is found by the type check, which fails where an expected error is missing. */
describe('the reactions of a service', () => {
  it('are one for each declared step and event, found by the event', () => {
    const reactions: Shipping = {
      'note-order': noteOrder,
      'book-shipment': bookShipment,
      'cancel-shipment': cancelShipment,
    };
    const byEvent = reactionsByEvent<'shipping', Command, Rejection>(reactions);
    expect([...byEvent].map(([name, { step }]) => [name, step])).toEqual([
      [orderSubmitted.name, 'note-order'],
      [paymentAuthorized.name, 'book-shipment'],
      [orderCancellationRequested.name, 'cancel-shipment'],
    ]);
  });

  it('do not compile without a handler for a declared step', () => {
    // @ts-expect-error -- cancel-shipment is missing
    const reactions: Shipping = { 'note-order': noteOrder, 'book-shipment': bookShipment };
    expect(Object.keys(reactions)).not.toContain('cancel-shipment');
  });

  it('do not compile with a handler for a step that is not declared', () => {
    const reactions: Shipping = {
      'note-order': noteOrder,
      'book-shipment': bookShipment,
      'cancel-shipment': cancelShipment,
      // @ts-expect-error -- nobody declared this
      'weigh-parcel': noteOrder,
    };
    expect(Object.keys(reactions)).toContain('weigh-parcel');
  });

  it('do not compile without a handler for an event that the step hears', () => {
    // @ts-expect-error -- payment-authorized is missing
    const deaf: Shipping['book-shipment'] = { on: {}, stale: [] };
    expect(deaf.on).toEqual({});
  });

  it('do not compile with a handler for an event that the step does not hear', () => {
    const nosy: Shipping['book-shipment'] = {
      on: {
        ...bookShipment.on,
        // @ts-expect-error -- shipping hears of no capture
        [paymentCaptured.name]: () => [],
      },
      stale: [],
    };
    expect(Object.keys(nosy.on)).toContain(paymentCaptured.name);
  });

  it('do not compile with a handler for a step that hears nothing, for it is begun by a command', () => {
    // @ts-expect-error -- dispatch-shipment hears nothing
    const dispatch: Shipping['dispatch-shipment'] = noteOrder;
    expect(dispatch).toBe(noteOrder);
  });

  it('do not compile with a rejection called stale that the service does not know', () => {
    // @ts-expect-error -- there is no such rejection
    const stale: Shipping['book-shipment']['stale'] = ['TooLate'];
    expect(stale).toEqual(['TooLate']);
  });
});
