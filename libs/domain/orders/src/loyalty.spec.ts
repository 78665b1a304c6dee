import { LOYALTY_POINTS_MAX, type CustomerEvent } from '@murmuration/domain-customers';
import { given } from '@murmuration/testing';
import { ordersModel } from './model';
import {
  completed,
  customerId,
  delivered,
  hear,
  heard,
  later,
  now,
  orderId,
  shippedBut,
  submitted,
} from './order.fixture';
import type { OrderEvent } from './order.messages';

const registered: CustomerEvent = {
  ...{ type: 'CustomerRegistered', customerId, name: 'Ada Byron', email: 'ada@example.org', registeredAt: now },
};
const suspended: CustomerEvent = { type: 'CustomerSuspended', customerId, reason: 'chargeback', suspendedAt: now };
const deactivated: CustomerEvent = { type: 'CustomerDeactivated', customerId, by: 'customer', deactivatedAt: now };
const earned = (points: number, reference = orderId): CustomerEvent => ({
  ...{ type: 'LoyaltyPointsEarned', customerId, reference, points, earnedAt: later },
});
const moved: CustomerEvent = {
  type: 'CustomerTierChanged',
  customerId,
  from: 'bronze',
  to: 'silver',
  changedAt: later,
};

const POINTS = 78;
const shipped: readonly OrderEvent[] = [...shippedBut('shipment-delivered'), completed];
const arrived = heard('shipment-delivered');

describe('the delivery of an order', () => {
  it('earns its customer a point for every hundred minor units', () =>
    given(ordersModel, registered, ...shipped)
      .when(hear('shipment-delivered'))
      .then(arrived, delivered, earned(POINTS)));

  it('earns them when its last word is heard, whichever that is', () =>
    given(ordersModel, registered, ...shippedBut('payment-captured'), arrived)
      .when(hear('payment-captured'))
      .then(heard('payment-captured'), completed, delivered, earned(POINTS)));

  it('says so when a tier is reached', () =>
    given(ordersModel, registered, earned(950, 'o-before'), ...shipped)
      .when(hear('shipment-delivered'))
      .then(arrived, delivered, earned(POINTS), moved));

  it('earns points for a suspended customer too', () =>
    given(ordersModel, registered, ...shipped, suspended)
      .when(hear('shipment-delivered'))
      .then(arrived, delivered, earned(POINTS)));

  it.each<[string, readonly CustomerEvent[]]>([
    ['one who never registered', []],
    ['one who has left', [registered, deactivated]],
    ['one who was awarded them before', [registered, earned(POINTS)]],
    ['one who was awarded something else for it', [registered, earned(1)]],
    ['one who has as many as a lifetime holds', [registered, earned(LOYALTY_POINTS_MAX, 'o-before')]],
  ])('is a delivery all the same for %s, who earns none', (_who, history) =>
    given(ordersModel, ...history, ...shipped)
      .when(hear('shipment-delivered'))
      .then(arrived, delivered),
  );

  it('of an order that costs next to nothing earns nothing', () =>
    given(ordersModel, registered, { ...submitted, totalMinor: 99 }, ...shipped.slice(1))
      .when(hear('shipment-delivered'))
      .then(arrived, delivered));

  it('earns nothing before the order has come to its end', () =>
    given(ordersModel, registered, ...shippedBut('payment-captured'))
      .when(hear('shipment-delivered'))
      .then(arrived));

  it('earns nothing twice', () =>
    given(ordersModel, registered, ...shipped, arrived, delivered, earned(POINTS))
      .when(hear('shipment-delivered'))
      .thenNothing());
});

describe('the streams of a command', () => {
  it('are those of the order alone until the parcel has arrived, so that customers are not in the way', () => {
    const [stream] = ordersModel.streamsOf(hear('payment-captured'), () => undefined);
    const order = shippedBut('payment-captured').reduce(ordersModel.evolve, ordersModel.initial(`order-${orderId}`));
    expect(ordersModel.streamsOf(hear('payment-captured'), () => order)).toEqual([stream]);
  });
});
