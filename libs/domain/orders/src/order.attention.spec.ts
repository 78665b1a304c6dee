import type { CustomerEvent } from '@murmuration/domain-customers';
import { given } from '@murmuration/testing';
import { ordersModel } from './model';
import type { FactName } from './order.facts';
import {
  cancellationRequested,
  completed,
  customerId,
  deadlineFires,
  delivered,
  drafted,
  force,
  forced,
  hear,
  heard,
  later,
  laterDeadlineAt,
  mira,
  now,
  orderId,
  overdue,
  resolve,
  resolvedAs,
  retried,
  retry,
  shippedBut,
  submitted,
} from './order.fixture';
import type { OrderEvent } from './order.messages';
import { evolve, standingOf, type Order } from './order.state';

const requestedAnew: OrderEvent = { ...cancellationRequested, reason: 'operator-requested' };
const waitingForShipping = [submitted, cancellationRequested, overdue];
const undoing = [submitted, cancellationRequested, heard('shipment-cancelled'), overdue];
const unpaid = [...shippedBut('payment-captured'), heard('payment-needs-attention'), overdue];

const stateOf = (...events: readonly OrderEvent[]): Exclude<Order, { stage: 'absent' }> =>
  events.reduce<Order>(evolve, { kind: 'order', stage: 'absent' }) as Exclude<Order, { stage: 'absent' }>;

const commands = [retry, force, resolve('completed'), resolve('cancelled')].map((command) => ({ command }));

describe.each(commands)('an operator who says $command.type', ({ command }) => {
  it('is refused where nothing needs a person', () => {
    given(ordersModel, submitted)
      .when(command)
      .thenRejected({ type: 'NothingNeedsAttention', orderId, status: 'submitted' });
    given(ordersModel, ...shippedBut('stock-committed'), overdue, heard('stock-committed'), completed)
      .when(command)
      .thenRejected({ type: 'NothingNeedsAttention', orderId, status: 'completed' });
  });
  it('is refused for an order that is unknown or a draft', () => {
    given(ordersModel).when(command).thenRejected({ type: 'OrderNotFound', orderId });
    given(ordersModel, drafted).when(command).thenRejected({ type: 'OrderNotSubmitted', orderId });
  });
});

describe('an order that is retried', () => {
  it('gets another deadline of the same length', () =>
    given(ordersModel, ...unpaid)
      .when(retry)
      .then(retried));
  it('asks shipping once more to cancel what it was asked to cancel', () =>
    given(ordersModel, ...waitingForShipping)
      .when(retry)
      .then(retried, cancellationRequested));
  it('asks for nothing where shipping has cancelled and others are silent', () =>
    given(ordersModel, ...undoing)
      .when(retry)
      .then(retried));
  it('asks for nothing where the parcel has left', () =>
    given(ordersModel, ...unpaid)
      .when(retry)
      .then(retried));
  it('stands again where the facts say, and needs a person no longer', () =>
    expect(standingOf(stateOf(...unpaid, retried))).toEqual({ status: 'shipped' }));
  it('calls a person again when the new deadline passes', () =>
    given(ordersModel, ...unpaid, retried)
      .when(deadlineFires(laterDeadlineAt))
      .then({
        ...overdue,
        reason: 'no answer before the deadline from payments (capture-payment)',
        attention: 2,
      } as OrderEvent));
  it('takes no notice of the deadline that it had before', () =>
    given(ordersModel, ...unpaid, retried)
      .when(deadlineFires(later))
      .thenNothing());
  it('hears a service that gives up for the same reason again', () => {
    const again = { fact: 'payment-needs-attention', reason: 'no answer to the void', attention: 2 } as const;
    given(ordersModel, ...unpaid, retried)
      .when(hear(again))
      .then(heard(again), {
        ...{ type: 'OrderNeedsAttention', orderId, source: 'payments', reason: again.reason, since: later },
        attention: 2,
      });
  });
  it('answers every call for a person at once, each by its number', () => {
    const second: OrderEvent = { ...overdue, source: 'payments', attention: 2 } as OrderEvent;
    given(ordersModel, ...undoing, second)
      .when(retry)
      .then({ ...retried, attentions: [1, 2] } as OrderEvent);
  });
  it('comes to its end as any other', () =>
    given(ordersModel, ...unpaid, retried)
      .when(hear('payment-captured'))
      .then(heard('payment-captured'), completed));
});

describe('an order whose cancellation is forced', () => {
  it('asks shipping for the first time', () =>
    given(ordersModel, submitted, overdue).when(force).then(forced, requestedAnew));
  it('asks shipping anew, for the reason that it had', () =>
    given(ordersModel, ...waitingForShipping)
      .when(force)
      .then(forced, cancellationRequested));
  it('waits on where shipping has cancelled already, and is not cancelled before all is undone', () => {
    given(ordersModel, ...undoing)
      .when(force)
      .then(forced);
    given(ordersModel, ...undoing, forced, heard('payment-voided'))
      .when(hear('stock-released'))
      .then(heard('stock-released'), {
        ...{ type: 'OrderCancelled', orderId, reason: 'customer-requested', cancelledAt: later },
      });
  });
  it.each<[string, FactName]>([
    ['has left', 'shipment-dispatched'],
    ['is about to leave, as shipping said', 'shipment-cancel-refused'],
  ])('is refused where the parcel %s', (_, fact) =>
    given(ordersModel, submitted, cancellationRequested, heard(fact), overdue)
      .when(force)
      .thenRejected({
        type: 'OrderAlreadyShipped',
        orderId,
        status: fact === 'shipment-dispatched' ? 'shipped' : 'submitted',
      }),
  );
  it('is dispatched all the same when shipping decides so', () =>
    given(ordersModel, ...shippedBut('stock-committed'), cancellationRequested, overdue)
      .when(hear('stock-committed'))
      .then(heard('stock-committed'), completed));
});

describe('an order that was settled by hand', () => {
  it('is completed when its parcel has left', () =>
    given(ordersModel, ...unpaid)
      .when(resolve('completed'))
      .then(resolvedAs('completed'), completed));
  it('is delivered when its parcel has arrived', () =>
    given(ordersModel, ...unpaid, heard('shipment-delivered'))
      .when(resolve('completed'))
      .then(resolvedAs('completed'), completed, delivered));
  it('is delivered later, though nobody captured', () =>
    given(ordersModel, ...unpaid, resolvedAs('completed'), completed)
      .when(hear('shipment-delivered'))
      .then(heard('shipment-delivered'), delivered));
  it('earns its customer the points of its delivery', () => {
    const registered: CustomerEvent = {
      ...{ type: 'CustomerRegistered', customerId, name: 'Ada Byron', email: 'ada@example.org', registeredAt: now },
    };
    const earned: CustomerEvent = {
      ...{ type: 'LoyaltyPointsEarned', customerId, reference: orderId, points: 78, earnedAt: later },
    };
    given(ordersModel, registered, ...unpaid, heard('shipment-delivered'))
      .when(resolve('completed'))
      .then(resolvedAs('completed'), completed, delivered, earned);
  });
  it('hears the money that comes after all, and stays as it is', () =>
    given(ordersModel, ...unpaid, resolvedAs('completed'), completed)
      .when(hear('payment-captured'))
      .then(heard('payment-captured')));
  it('stays as it is when a service needs a person', () =>
    given(ordersModel, ...unpaid, resolvedAs('completed'), completed)
      .when(hear({ fact: 'payment-needs-attention', reason: 'the provider refused', attention: 2 }))
      .then(heard({ fact: 'payment-needs-attention', reason: 'the provider refused', attention: 2 })));
  it('is cancelled when its parcel cannot leave any more, for the reason that was asked for', () =>
    given(ordersModel, ...undoing)
      .when(resolve('cancelled'))
      .then(resolvedAs('cancelled'), {
        ...{ type: 'OrderCancelled', orderId, reason: 'customer-requested', detail: mira.reason, cancelledAt: later },
      }));
  it.each<FactName>(['payment-declined', 'shipment-refused'])('may be cancelled after %s', (fact) =>
    given(ordersModel, submitted, heard(fact), overdue)
      .when(resolve('cancelled'))
      .then(resolvedAs('cancelled'), {
        ...{ type: 'OrderCancelled', orderId, reason: 'operator-requested', detail: mira.reason, cancelledAt: later },
      }),
  );
  it('hears late undoes in silence', () =>
    given(ordersModel, ...undoing, resolvedAs('cancelled'), {
      ...{ type: 'OrderCancelled', orderId, reason: 'customer-requested', cancelledAt: later },
    })
      .when(hear('payment-voided'))
      .thenNothing());
  it.each<['completed' | 'cancelled', string, readonly OrderEvent[]]>([
    ['completed', 'the parcel has not left', waitingForShipping],
    ['cancelled', 'the parcel may still leave: force the cancellation first', waitingForShipping],
    ['cancelled', 'the parcel has left', unpaid],
  ])('cannot be %s while %s', (outcome, because, history) =>
    given(ordersModel, ...history)
      .when(resolve(outcome))
      .thenRejected({ type: 'OutcomeUnsafe', outcome, because }),
  );
  it('cannot be cancelled with a parcel on its way, whatever else was said of it', () =>
    given(ordersModel, submitted, heard('shipment-dispatched'), heard('payment-voided'), overdue)
      .when(resolve('cancelled'))
      .thenRejected({ type: 'OutcomeUnsafe', outcome: 'cancelled', because: 'the parcel has left' }));
  it('is settled once, and otherwise not at all', () => {
    given(ordersModel, ...unpaid, resolvedAs('completed'), completed)
      .when(resolve('completed'))
      .thenNothing();
    given(ordersModel, ...unpaid, resolvedAs('completed'), completed)
      .when(resolve('cancelled'))
      .thenRejected({ type: 'NothingNeedsAttention', orderId, status: 'completed' });
  });
  it('remembers who said so and why', () =>
    expect(stateOf(...unpaid, resolvedAs('completed'), completed)).toMatchObject({
      resolution: { ...mira, resolvedAt: later },
    }));
});

describe('the reason why an order needs a person', () => {
  it('is the one that was given last, whoever gave it', () => {
    const payments: OrderEvent = {
      ...overdue,
      source: 'payments',
      reason: 'no answer to the void',
      attention: 2,
    } as OrderEvent;
    expect(standingOf(stateOf(...undoing, payments))).toEqual({
      status: 'needs-attention',
      reason: 'no answer to the void',
    });
  });
});
