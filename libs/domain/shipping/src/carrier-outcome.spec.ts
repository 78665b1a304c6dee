import { given } from '@murmuration/testing';
import { shipment } from './shipment';
import {
  after,
  BOOK,
  booked,
  booking,
  CANCEL,
  cancel,
  cancelled,
  cancelledInFlight,
  delivered,
  dispatched,
  done,
  gaveUp,
  handOver,
  noteOrder,
  NOW,
  ORDER,
  REFERENCE,
  refused,
  refusedByCarrier,
  report,
} from './shipment.fixture';

const shipmentBooked = {
  type: 'ShipmentBooked',
  orderId: ORDER,
  carrierReference: REFERENCE,
  bookedAt: NOW,
} as const;
const cancellationRequested = {
  type: 'BookingCancellationRequested',
  orderId: ORDER,
  carrierReference: REFERENCE,
  requestedAt: NOW,
} as const;
const cleared = (key: string) => ({ type: 'BookingCleared', orderId: ORDER, key, clearedAt: NOW }) as const;
const attention = (key: string, outcome: 'refused' | 'gave-up', reason: string) =>
  ({ type: 'ShipmentNeedsAttention', orderId: ORDER, key, outcome, reason, since: NOW, attention: 1 }) as const;

describe('the answer to a booking', () => {
  it('books the shipment', () =>
    given(shipment, ...after(...booking))
      .when(report(BOOK, done))
      .then(shipmentBooked));

  it('refuses the shipment with the word of the carrier', () =>
    given(shipment, ...after(...booking))
      .when(report(BOOK, refused))
      .then({ type: 'ShipmentRefused', orderId: ORDER, reason: 'country_not_served', refusedAt: NOW }));

  it('calls for attention when it never came', () =>
    given(shipment, ...after(...booking))
      .when(report(BOOK, gaveUp))
      .then(attention(BOOK, 'gave-up', 'no answer to the booking: timeout')));

  it('is still welcome after nobody waited for it any longer', () =>
    given(shipment, ...after(...booking, report(BOOK, gaveUp)))
      .when(report(BOOK, done))
      .then(shipmentBooked));

  it('is taken back, and never said as booked, when the shipment was cancelled meanwhile', () =>
    given(shipment, ...after(...cancelledInFlight))
      .when(report(BOOK, done))
      .then(cancellationRequested));

  it('leaves nothing to take back when it is no and the shipment was cancelled meanwhile', () =>
    given(shipment, ...after(...cancelledInFlight))
      .when(report(BOOK, refused))
      .then(cleared(BOOK)));

  it('calls for attention when it never came and the shipment was cancelled meanwhile, since a booking may be left', () =>
    given(shipment, ...after(...cancelledInFlight))
      .when(report(BOOK, gaveUp))
      .then(attention(BOOK, 'gave-up', 'no answer to the booking: timeout')));

  it('is taken back even when it comes after nobody waited for it any longer', () =>
    given(shipment, ...after(...cancelledInFlight, report(BOOK, gaveUp)))
      .when(report(BOOK, done))
      .then(cancellationRequested));

  it.each([
    ['unanswered, as is known', [...booking, report(BOOK, gaveUp)]],
    ['unanswered, as is known, and then cancelled', [...booking, report(BOOK, gaveUp), cancel]],
    ['cancelled and unanswered, as is known', [...cancelledInFlight, report(BOOK, gaveUp)]],
  ])('stays quiet when it is %s', (_, history) =>
    given(shipment, ...after(...history))
      .when(report(BOOK, gaveUp))
      .thenNothing(),
  );

  it.each([
    ['booked', booked],
    ['refused', refusedByCarrier],
    ['handed over before it was answered', [...booking, handOver()]],
    ['dispatched', dispatched],
    ['delivered', delivered],
    ['cancelled and taken back', [...cancelledInFlight, report(BOOK, done)]],
    ['cancelled and cleared', [...cancelledInFlight, report(BOOK, refused)]],
    ['cancelled', cancelled],
  ])('stays quiet when the shipment is %s', (_, history) => {
    for (const outcome of [done, refused, gaveUp])
      given(shipment, ...after(...history))
        .when(report(BOOK, outcome))
        .thenNothing();
  });
});

describe('the answer to a cancellation of the booking', () => {
  it('clears the booking', () =>
    given(shipment, ...after(...cancelled))
      .when(report(CANCEL, done))
      .then(cleared(CANCEL)));

  it.each([
    [refused, 'the carrier refused the cancellation: country_not_served'],
    [gaveUp, 'no answer to the cancellation: timeout'],
  ] as const)('calls for attention: %j', (outcome, reason) =>
    given(shipment, ...after(...cancelled))
      .when(report(CANCEL, outcome))
      .then(attention(CANCEL, outcome.outcome as 'refused', reason)),
  );

  it('counts once', () => {
    for (const first of [done, refused])
      given(shipment, ...after(...cancelled, report(CANCEL, first)))
        .when(report(CANCEL, done))
        .thenNothing();
  });

  it('is still welcome after nobody waited for it any longer', () =>
    given(shipment, ...after(...cancelled, report(CANCEL, gaveUp)))
      .when(report(CANCEL, done))
      .then({ ...cleared(CANCEL), attentions: [1] }));
});

describe('an answer', () => {
  it.each([
    [BOOK, [noteOrder()]],
    [CANCEL, booked],
    [CANCEL, cancelledInFlight],
    ['book:o-2', booking],
    ['nonsense', [cancel]],
  ])('to %s, which was never asked for, is refused', (key, history) =>
    given(shipment, ...after(...history))
      .when(report(key, done))
      .thenRejected({ type: 'NoSuchRequest', key }),
  );
});
