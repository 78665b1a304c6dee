import { AT_ANY_TIME, AT_REST, type Look, type Rule } from './invariants';

/** Delivered and paid, as it should be. */
const DELIVERED: Look = {
  ordered: { units: '1 TEA', totalMinor: 500 },
  end: 'delivered',
  needsAttention: false,
  isCancelAsked: false,
  reservation: 'committed',
  isDisputed: false,
  units: '1 TEA',
  payment: 'captured',
  isPaymentStuck: false,
  isPaymentAwaited: false,
  hasClaim: true,
  isCapturedAtOnce: false,
  refundAskedMinor: 0,
  refundDoneMinor: 0,
  authorizedMinor: 500,
  capturedMinor: 500,
  refundedMinor: 0,
  keptMinor: 500,
  isReservedAtProvider: false,
  shipment: 'delivered',
  isShipmentStuck: false,
  isShipmentAwaited: false,
  isCancelRefused: false,
  bookings: 1,
  isHandedOver: true,
  isDelivered: true,
  isBooked: false,
};

const { units: _, authorizedMinor: __, ...BARE } = DELIVERED;

/** Cancelled, with nothing left anywhere. */
const CANCELLED: Look = {
  ...BARE,
  ...{ end: 'cancelled', isCancelAsked: true, reservation: 'released', payment: 'voided', shipment: 'cancelled' },
  ...{ hasClaim: false, capturedMinor: 0, keptMinor: 0, bookings: 0, isHandedOver: false, isDelivered: false },
};

const { end: ___, ...ENDLESS } = CANCELLED;

/** Given up, and a person was called: the stock and the authorisation wait for what that person does. */
const LEFT_TO_PERSON: Look = {
  ...ENDLESS,
  ...{ needsAttention: true, isShipmentStuck: true, shipment: 'booking', bookings: 1, isBooked: true },
  ...{ reservation: 'held', units: '1 TEA', payment: 'authorized', hasClaim: true, authorizedMinor: 500 },
  isReservedAtProvider: true,
};

const found = (rules: readonly Rule[], look: Look): readonly string[] => rules.flatMap((rule) => rule(look) ?? []);

describe('the rules of the search', () => {
  it.each([
    ['delivered', DELIVERED],
    ['cancelled', CANCELLED],
    ['left to a person', LEFT_TO_PERSON],
  ])('find nothing in an order that is %s', (_name, look) => {
    expect(found([...AT_ANY_TIME, ...AT_REST], look)).toEqual([]);
  });

  it.each<[string, Partial<Look>]>([
    ['I1: the provider has authorised 1 for an order of 500', { authorizedMinor: 1, capturedMinor: 1, keptMinor: 1 }],
    ['I1: the provider has captured 250 of 500 authorised', { capturedMinor: 250, keptMinor: 250 }],
    ['I1: the provider has given back 200, 0 were asked for', { refundedMinor: 200, keptMinor: 300 }],
    ["I1: 200 were given back, by the provider's books 0", { refundAskedMinor: 200, refundDoneMinor: 200 }],
    ['I1: the provider was asked for what cannot be: over_refund', { impossible: 'over_refund' }],
    ['I2: 2 TEA committed for an order of 1 TEA', { units: '2 TEA' }],
    ['I3: the carrier has 2 bookings', { bookings: 2 }],
    [
      'I4: the order heard stock-hold-expired, and does not ask to be cancelled',
      { ignoredExpiry: 'stock-hold-expired' },
    ],
  ])('find at any time that %s', (finding, change) => {
    expect(found(AT_ANY_TIME, { ...DELIVERED, ...change })).toEqual([finding]);
  });
});

describe('a service that waits for a person', () => {
  it('is no excuse when nobody was called', () => {
    expect(found(AT_REST, { ...LEFT_TO_PERSON, needsAttention: false })).toContain(
      'I4: a service has given up and nobody was told',
    );
  });

  const stuck = { isPaymentStuck: true, isShipmentStuck: true };
  const [paymentStuck, shipmentStuck] = [{ isPaymentStuck: true }, { isShipmentStuck: true }];

  it.each<[string, Partial<Look>]>([
    ['I1: the provider keeps 500 for an order that is cancelled', { ...shipmentStuck, keptMinor: 500 }],
    [
      'I1: the provider holds an authorisation for ever, the payment is voided',
      { ...shipmentStuck, isReservedAtProvider: true },
    ],
    ['I2: the stock is held for ever', { ...stuck, reservation: 'held' }],
    ['I3: a booking is left at the carrier for an order that is cancelled', { ...paymentStuck, isBooked: true }],
    [
      'I4: payments waits for an answer to what it never asked the provider',
      { ...shipmentStuck, isPaymentAwaited: true },
    ],
    [
      'I4: shipping waits for an answer to what it never asked the carrier',
      { ...paymentStuck, isShipmentAwaited: true },
    ],
  ])('excuses nobody else of an order that has ended: %s', (finding, change) => {
    expect(found(AT_REST, { ...CANCELLED, ...change })).toEqual([finding]);
  });

  it.each<[string, Partial<Look>]>([
    ['I4: the parcel was delivered, and its order does not know', { ...stuck, end: 'completed' }],
    ['I4: a cancellation came too late, and nobody was told', { ...stuck, isCancelAsked: true }],
    ['I1: the provider has nothing for an order that is delivered', { ...stuck, keptMinor: 0 }],
  ])('excuses nothing of an order that was fulfilled: %s', (finding, change) => {
    expect(found(AT_REST, { ...DELIVERED, ...change })).toEqual([finding]);
  });

  it('is excused itself', () => {
    expect(found(AT_REST, { ...CANCELLED, isShipmentStuck: true, isBooked: true })).toEqual([]);
    expect(found(AT_REST, { ...CANCELLED, isPaymentStuck: true, isReservedAtProvider: true })).toEqual([]);
  });
});
