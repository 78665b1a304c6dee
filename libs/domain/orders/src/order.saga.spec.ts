import { given } from '@murmuration/testing';
import { ordersModel } from './model';
import type { FactName } from './order.facts';
import {
  cancel,
  cancellationRequested,
  completed,
  deadlineAt,
  deadlineFires,
  declinedEnd,
  delivered,
  discarded,
  drafted,
  hear,
  heard,
  later,
  laterDeadlineAt,
  orderId,
  rejected,
  shippedBut,
  submitted,
} from './order.fixture';
import type { OrderEvent } from './order.messages';

const heardAll = (...names: readonly FactName[]): OrderEvent[] => names.map((name) => heard(name));
const attention = (source: 'payments' | 'deadline', reason: string, number = 1): OrderEvent => ({
  type: 'OrderNeedsAttention',
  orderId,
  source,
  reason,
  since: later,
  attention: number,
});
const cancelled = (reason: 'customer-requested' | 'shipment-refused', detail?: string): OrderEvent => ({
  type: 'OrderCancelled',
  orderId,
  reason,
  ...(detail === undefined ? {} : { detail }),
  cancelledAt: later,
});

describe('hearing a fact', () => {
  it('records it', () => given(ordersModel, submitted).when(hear('stock-reserved')).then(heard('stock-reserved')));
  it('is quiet the second time', () =>
    given(ordersModel, submitted, heard('stock-reserved')).when(hear('stock-reserved')).thenNothing());
  it('of an unknown order is refused, and that is no stale news', () =>
    given(ordersModel).when(hear('stock-reserved')).thenRejected({ type: 'OrderNotFound', orderId }));
  it.each([[[drafted]], [[drafted, discarded]]])('of an order that was never submitted is refused', (history) =>
    given(ordersModel, ...history)
      .when(hear('stock-reserved'))
      .thenRejected({ type: 'OrderNotSubmitted', orderId }),
  );
});

describe('an order is completed', () => {
  it.each(['shipment-dispatched', 'payment-captured', 'stock-committed'] as const)(
    'when it is dispatched, captured and committed, %s being the last word',
    (last) =>
      given(ordersModel, ...shippedBut(last))
        .when(hear(last))
        .then(heard(last), completed),
  );
  it('and then delivered', () =>
    given(ordersModel, ...shippedBut('stock-committed'), heard('stock-committed'), completed)
      .when(hear('shipment-delivered'))
      .then(heard('shipment-delivered'), delivered));
  it('and delivered at once when the delivery was heard of before', () =>
    given(ordersModel, ...shippedBut('stock-committed'), heard('shipment-delivered'))
      .when(hear('stock-committed'))
      .then(heard('stock-committed'), completed, delivered));
  it('and stays so when a refund of a return needs attention', () =>
    given(ordersModel, ...shippedBut('stock-committed'), heard('stock-committed'), completed)
      .when(hear('payment-needs-attention'))
      .then(heard('payment-needs-attention')));
});

describe('an order is rejected', () => {
  it('when its stock is refused', () =>
    given(ordersModel, submitted).when(hear('stock-refused')).then(heard('stock-refused'), rejected));
  it('also while a cancellation is pending', () =>
    given(ordersModel, submitted, cancellationRequested)
      .when(hear('stock-refused'))
      .then(heard('stock-refused'), rejected));
  it.each(['shipment-cancelled', 'payment-voided', 'stock-released'] as const)(
    'and hears a later %s in silence',
    (late) =>
      given(ordersModel, submitted, cancellationRequested, heard('stock-refused'), rejected)
        .when(hear(late))
        .thenNothing(),
  );
});

describe('an order is cancelled', () => {
  it('for a declined payment once the stock is released', () =>
    given(ordersModel, submitted, ...heardAll('stock-reserved', 'payment-declined'))
      .when(hear('stock-released'))
      .then(heard('stock-released'), declinedEnd));
  it('for a declined payment also when the release is heard of first', () =>
    given(ordersModel, submitted, ...heardAll('stock-reserved', 'stock-released'))
      .when(hear('payment-declined'))
      .then(heard('payment-declined'), declinedEnd));
  it('for a refused shipment once payment and stock are given back', () =>
    given(ordersModel, submitted, ...heardAll('shipment-refused', 'payment-voided'))
      .when(hear('stock-released'))
      .then(heard('stock-released'), cancelled('shipment-refused', 'country_not_served')));
  it('for a refused shipment after a refund, where the payment was captured at once', () =>
    given(ordersModel, submitted, ...heardAll('payment-captured', 'shipment-refused', 'payment-refunded'))
      .when(hear('stock-released'))
      .then(heard('stock-released'), cancelled('shipment-refused', 'country_not_served')));
  it('as requested once every undo is confirmed', () =>
    given(ordersModel, submitted, cancellationRequested, ...heardAll('shipment-cancelled', 'payment-voided'))
      .when(hear('stock-released'))
      .then(heard('stock-released'), cancelled('customer-requested')));
  it.each(['payment-voided', 'shipment-cancelled'] as const)('not before %s is heard', (missing) => {
    const others = (['shipment-cancelled', 'payment-voided'] as const).filter((name) => name !== missing);
    given(ordersModel, submitted, cancellationRequested, ...heardAll(...others))
      .when(hear('stock-released'))
      .then(heard('stock-released'));
  });
  it('for the declined payment where a request was pending too', () =>
    given(ordersModel, submitted, cancellationRequested, ...heardAll('shipment-cancelled', 'payment-declined'))
      .when(hear('stock-released'))
      .then(heard('stock-released'), declinedEnd));
  it('for an operator where shipping cancelled without being asked', () =>
    given(ordersModel, submitted, ...heardAll('shipment-cancelled', 'payment-voided'))
      .when(hear('stock-released'))
      .then(heard('stock-released'), {
        ...cancelled('customer-requested'),
        reason: 'operator-requested',
      } as OrderEvent));
  it('never while a parcel is on its way', () =>
    given(ordersModel, submitted, ...heardAll('shipment-dispatched', 'payment-declined'))
      .when(hear('stock-released'))
      .then(heard('stock-released')));
});

describe('an order that has ended', () => {
  const cancelledForPayment = [submitted, ...heardAll('payment-declined', 'stock-released'), declinedEnd];
  const done = [...shippedBut('stock-committed'), heard('stock-committed'), completed];
  it('hears late words in silence', () =>
    given(ordersModel, ...cancelledForPayment)
      .when(hear('stock-reserved'))
      .thenNothing());
  it.each(['shipment-dispatched', 'shipment-delivered', 'stock-committed', 'shipment-cancel-refused'] as const)(
    'as cancelled refuses %s, so that somebody looks at it',
    (fact) =>
      given(ordersModel, ...cancelledForPayment)
        .when(hear(fact))
        .thenRejected({ type: 'FactContradictsEnd', fact, status: 'cancelled' }),
  );
  it.each(['stock-released', 'payment-voided', 'shipment-cancelled', 'stock-refused'] as const)(
    'as completed refuses %s, so that somebody looks at it',
    (fact) =>
      given(ordersModel, ...done)
        .when(hear(fact))
        .thenRejected({ type: 'FactContradictsEnd', fact, status: 'completed' }),
  );
});

describe('a cancellation', () => {
  it.each([
    { stage: 'submitted', facts: [] },
    { stage: 'reserved', facts: ['stock-reserved'] },
    { stage: 'authorized', facts: ['stock-reserved', 'payment-authorized'] },
    { stage: 'booked', facts: ['stock-reserved', 'payment-authorized', 'shipment-booked'] },
  ] satisfies { stage: string; facts: FactName[] }[])(
    'of an order that is $stage is requested of shipping',
    ({ facts }) =>
      given(ordersModel, submitted, ...heardAll(...facts))
        .when(cancel)
        .then(cancellationRequested),
  );
  it('requested twice is requested once', () =>
    given(ordersModel, submitted, cancellationRequested).when(cancel).thenNothing());
  it.each(['payment-declined', 'shipment-refused', 'stock-released'] as const)(
    'has nothing to ask for when the order is on its way back by %s',
    (fact) => given(ordersModel, submitted, heard(fact)).when(cancel).thenNothing(),
  );
  it('of a draft gives it up at once', () =>
    given(ordersModel, drafted)
      .when(cancel)
      .then({ type: 'OrderDiscarded', orderId, reason: 'customer-requested', discardedAt: later }));
  it('of a draft that was given up is quiet', () => given(ordersModel, drafted, discarded).when(cancel).thenNothing());
  it('of an unknown order is refused', () =>
    given(ordersModel).when(cancel).thenRejected({ type: 'OrderNotFound', orderId }));
  it('is refused once the parcel has left', () =>
    given(ordersModel, submitted, heard('shipment-dispatched'))
      .when(cancel)
      .thenRejected({ type: 'OrderAlreadyShipped', orderId, status: 'shipped' }));
  it('is refused once shipping has refused it', () =>
    given(ordersModel, submitted, cancellationRequested, heard('shipment-cancel-refused'))
      .when(cancel)
      .thenRejected({ type: 'OrderAlreadyShipped', orderId, status: 'submitted' }));
  it('is refused for a completed order', () =>
    given(ordersModel, ...shippedBut('stock-committed'), heard('stock-committed'), completed)
      .when(cancel)
      .thenRejected({ type: 'OrderAlreadyShipped', orderId, status: 'completed' }));
  it('is refused for an order that was rejected', () =>
    given(ordersModel, submitted, heard('stock-refused'), rejected)
      .when(cancel)
      .thenRejected({ type: 'OrderAlreadyClosed', orderId, status: 'rejected' }));
  it('that came too late does not keep the order from being completed', () =>
    given(ordersModel, ...shippedBut('stock-committed'), cancellationRequested, heard('shipment-cancel-refused'))
      .when(hear('stock-committed'))
      .then(heard('stock-committed'), completed));
});

describe('an expiry', () => {
  it('of the stock hold requests a cancellation', () =>
    given(ordersModel, submitted, heard('stock-reserved'))
      .when(hear('stock-hold-expired'))
      .then(heard('stock-hold-expired'), { ...cancellationRequested, reason: 'stock-hold-expired' }));
  it('of the authorisation requests a cancellation', () =>
    given(ordersModel, submitted, heard('payment-authorized'))
      .when(hear('payment-authorization-expired'))
      .then(heard('payment-authorization-expired'), { ...cancellationRequested, reason: 'authorization-expired' }));
  it('changes nothing once the parcel has left', () =>
    given(ordersModel, submitted, heard('shipment-dispatched'))
      .when(hear('stock-hold-expired'))
      .then(heard('stock-hold-expired')));
  it('changes nothing where a cancellation was requested already', () =>
    given(ordersModel, submitted, cancellationRequested)
      .when(hear('stock-hold-expired'))
      .then(heard('stock-hold-expired')));
});

describe('an order needs attention', () => {
  const gaveUp = attention('payments', 'no answer to the void');
  const compensating = [submitted, heard('shipment-refused')];
  it('when a service gave up', () =>
    given(ordersModel, ...compensating)
      .when(hear('payment-needs-attention'))
      .then(heard('payment-needs-attention'), gaveUp));
  it('once for one reason, and again for another', () => {
    const history = [...compensating, heard('payment-needs-attention'), gaveUp];
    given(ordersModel, ...history)
      .when(hear('payment-needs-attention'))
      .thenNothing();
    const other = { fact: 'payment-needs-attention', reason: 'the provider refused the void' } as const;
    given(ordersModel, ...history)
      .when(hear(other))
      .then(heard(other), attention('payments', other.reason, 2));
  });
  it('for one reason twice when the service says that it is another time', () => {
    const first = { fact: 'payment-needs-attention', reason: 'no answer to the void', attention: 1 } as const;
    const second = { ...first, attention: 2 };
    const history = [...compensating, heard(first), gaveUp];
    given(ordersModel, ...history)
      .when(hear(second))
      .then(heard(second), attention('payments', first.reason, 2));
    given(ordersModel, ...history, heard(second), attention('payments', first.reason, 2))
      .when(hear(first))
      .thenNothing();
  });
  it('and still comes to its end when the answer comes after all', () =>
    given(ordersModel, ...compensating, heard('payment-needs-attention'), gaveUp, heard('payment-voided'))
      .when(hear('stock-released'))
      .then(heard('stock-released'), cancelled('shipment-refused', 'country_not_served')));
});

describe('the end-to-end deadline', () => {
  const exceeded: OrderEvent = { ...cancellationRequested, reason: 'deadline-exceeded' };
  const names = (...steps: readonly string[]): OrderEvent =>
    attention('deadline', `no answer before the deadline from ${steps.join(' and ')}`);

  it('first asks to cancel, and sets a second deadline of the same length', () =>
    given(ordersModel, submitted).when(deadlineFires(deadlineAt)).then(exceeded));
  it('then calls a person and names the silent step', () =>
    given(ordersModel, submitted, exceeded)
      .when(deadlineFires(laterDeadlineAt))
      .then(names('shipping (cancel-shipment)')));
  it.each<[string, FactName[]]>([
    ['payments (undo-payment)', ['shipment-cancelled']],
    ['inventory (release-stock)', ['shipment-cancelled', 'payment-voided']],
    ['inventory (release-stock)', ['payment-declined']],
    ['payments (undo-payment)', ['shipment-refused']],
  ])('names %s', (step, facts) =>
    given(ordersModel, submitted, exceeded, ...heardAll(...facts))
      .when(deadlineFires(laterDeadlineAt))
      .then(names(step)),
  );
  it('calls a person at once when the parcel has left, and names all who are silent', () =>
    given(ordersModel, submitted, ...heardAll('shipment-booked', 'shipment-dispatched'))
      .when(deadlineFires(deadlineAt))
      .then(names('payments (capture-payment)', 'inventory (commit-stock)')));
  it('calls a person at once when the order is on its way back already', () =>
    given(ordersModel, submitted, heard('payment-declined'))
      .when(deadlineFires(deadlineAt))
      .then(names('inventory (release-stock)')));
  it('names the dispatch when a cancellation was refused and nothing followed', () =>
    given(ordersModel, submitted, exceeded, ...heardAll('shipment-booked', 'shipment-cancel-refused'))
      .when(deadlineFires(laterDeadlineAt))
      .then(names('shipping (dispatch-shipment)')));
  it('that fired late after an outage of ours is a deadline all the same', () =>
    given(ordersModel, submitted).when(deadlineFires(laterDeadlineAt)).then(exceeded));
  it('that another has taken the place of does nothing', () =>
    given(ordersModel, submitted, cancellationRequested).when(deadlineFires(deadlineAt)).thenNothing());
  it('calls a person only once', () =>
    given(ordersModel, submitted, exceeded, names('shipping (cancel-shipment)'))
      .when(deadlineFires(laterDeadlineAt))
      .thenNothing());
  it.each([
    ['absent', []],
    ['a draft', [drafted]],
    ['rejected', [submitted, heard('stock-refused'), rejected]],
    ['completed', [...shippedBut('stock-committed'), heard('stock-committed'), completed]],
  ] satisfies [string, OrderEvent[]][])('does nothing to an order that is %s', (_, history) =>
    given(ordersModel, ...history)
      .when(deadlineFires(deadlineAt))
      .thenNothing(),
  );
});
