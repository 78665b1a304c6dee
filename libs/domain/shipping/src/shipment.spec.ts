import { plusMs } from '@murmuration/kernel';
import { given } from '@murmuration/testing';
import { shippingModel } from './model';
import {
  after,
  AUTHORIZED_UNTIL,
  BOOK,
  booked,
  booking,
  cancel,
  cancelled,
  cancelledInFlight,
  deliver,
  delivered,
  dispatch,
  dispatched,
  done,
  gaveUp,
  handOver,
  noteAuthorized,
  noteOrder,
  notePaid,
  NOW,
  ORDER,
  REFERENCE,
  refusedByCarrier,
  report,
  shipTo,
} from './shipment.fixture';
import type { ShipmentCommand } from './shipment.messages';

const bookingRequested = {
  type: 'BookingRequested',
  orderId: ORDER,
  shipTo: shipTo(),
  authorizedUntil: AUTHORIZED_UNTIL,
  requestedAt: NOW,
} as const;
const shipmentCancelled = (held: boolean) =>
  ({ type: 'ShipmentCancelled', orderId: ORDER, held, cancelledAt: NOW }) as const;
const shipmentDispatched = { type: 'ShipmentDispatched', orderId: ORDER, dispatchedAt: NOW } as const;

describe('an order', () => {
  it('is noted until its payment is authorised', () =>
    given(shippingModel)
      .when(noteOrder())
      .then({ type: 'OrderNoted', orderId: ORDER, shipTo: shipTo(), notedAt: NOW }));

  it('is booked at once when its payment was authorised before it was heard', () =>
    given(shippingModel, ...after(noteAuthorized))
      .when(noteOrder())
      .then(bookingRequested));

  it.each([
    ['noted', [noteOrder()]],
    ['being booked', booking],
    ['cancelled by a tombstone', [cancel]],
    ['delivered', delivered],
  ])('stays quiet when it is %s', (_, history) =>
    given(shippingModel, ...after(...history))
      .when(noteOrder())
      .thenNothing(),
  );
});

describe('an authorisation of the payment', () => {
  it('is noted until the order is heard', () =>
    given(shippingModel).when(noteAuthorized).then({
      type: 'PaymentAuthorizationNoted',
      orderId: ORDER,
      authorizedUntil: AUTHORIZED_UNTIL,
      notedAt: NOW,
    }));

  it('asks the carrier for a booking', () =>
    given(shippingModel, ...after(noteOrder()))
      .when(noteAuthorized)
      .then(bookingRequested));

  it.each([
    ['noted', [noteAuthorized]],
    ['being booked', booking],
    ['booked', booked],
    ['refused', refusedByCarrier],
    ['dispatched', dispatched],
  ])('stays quiet when the shipment is %s', (_, history) =>
    given(shippingModel, ...after(...history))
      .when(noteAuthorized)
      .thenNothing(),
  );

  it.each([
    ['before anything was heard', [cancel]],
    ['after the order was heard', [noteOrder(), cancel]],
    ['after it was booked', cancelled],
  ])('is refused as stale when the shipment was cancelled %s', (_, history) =>
    given(shippingModel, ...after(...history))
      .when(noteAuthorized)
      .thenRejected({ type: 'ShipmentClosed', orderId: ORDER, status: 'cancelled' }),
  );
});

describe('cancelling a shipment', () => {
  it.each([
    ['nothing', []],
    ['the order alone', [noteOrder()]],
    ['the authorisation alone', [noteAuthorized]],
  ])('leaves a tombstone when %s is known', (_, history) =>
    given(shippingModel, ...after(...history))
      .when(cancel)
      .then(shipmentCancelled(false)),
  );

  it.each([
    ['in flight', booking],
    ['unanswered', [...booking, report(BOOK, gaveUp)]],
  ])('is done at once while the booking is %s', (_, history) =>
    given(shippingModel, ...after(...history))
      .when(cancel)
      .then(shipmentCancelled(true)),
  );

  it('takes the booking back', () =>
    given(shippingModel, ...after(...booked))
      .when(cancel)
      .then(shipmentCancelled(true), {
        type: 'BookingCancellationRequested',
        orderId: ORDER,
        carrierReference: REFERENCE,
        requestedAt: NOW,
      }));

  it.each([
    ['already-dispatched', dispatched],
    ['already-delivered', delivered],
  ] as const)('is refused, and that is said, when the parcel is %s', (reason, history) =>
    given(shippingModel, ...after(...history))
      .when(cancel)
      .then({ type: 'ShipmentCancelRefused', orderId: ORDER, reason, refusedAt: NOW }),
  );

  it.each([
    ['done', cancelled],
    ['done while the booking was in flight', cancelledInFlight],
    ['a tombstone', [cancel]],
    ['pointless, since the carrier refused', refusedByCarrier],
    ['refused already', [...dispatched, cancel]],
    ['refused already, before the delivery', [...dispatched, cancel, deliver]],
  ])('stays quiet when it is %s', (_, history) =>
    given(shippingModel, ...after(...history))
      .when(cancel)
      .thenNothing(),
  );
});

describe('dispatching a shipment', () => {
  it.each([
    ['an operator', dispatch],
    ['the carrier', handOver()],
  ])('hands over what is booked, on the word of %s', (_, command) =>
    given(shippingModel, ...after(...booked))
      .when(command)
      .then(shipmentDispatched),
  );

  it.each([
    ['in flight', booking],
    ['unanswered', [...booking, report(BOOK, gaveUp)]],
  ])('takes the carrier who comes as the answer to a booking that is %s', (_, history) =>
    given(shippingModel, ...after(...history))
      .when(handOver())
      .then({ type: 'ShipmentBooked', orderId: ORDER, carrierReference: REFERENCE, bookedAt: NOW }, shipmentDispatched),
  );

  it.each([
    ['dispatched', dispatched],
    ['delivered', delivered],
  ])('stays quiet when the parcel is %s', (_, history) => {
    given(shippingModel, ...after(...history))
      .when(dispatch)
      .thenNothing();
    given(shippingModel, ...after(...history))
      .when(handOver())
      .thenNothing();
  });

  it.each([
    ['cancelled', cancelled],
    ['cancelled', cancelledInFlight],
    ['cancelled', [cancel]],
    ['refused', refusedByCarrier],
  ] as const)('is refused when the shipment is %s, so that the carrier keeps the parcel', (status, history) => {
    for (const command of [dispatch, handOver()])
      given(shippingModel, ...after(...history))
        .when(command)
        .thenRejected({ type: 'ShipmentClosed', orderId: ORDER, status });
  });

  it('is refused for an order that was not heard of yet, and the carrier keeps what it came for', () => {
    given(shippingModel).when(dispatch).thenRejected({ type: 'OrderNotHeardOfYet', orderId: ORDER });
    given(shippingModel).when(handOver()).thenRejected({ type: 'NotBooked', orderId: ORDER, status: 'absent' });
  });

  it.each([
    ['order-noted', [noteOrder()]],
    ['authorization-noted', [noteAuthorized]],
    ['booking', booking],
  ])('is refused before it is booked: %s', (status, history) =>
    given(shippingModel, ...after(...history))
      .when(dispatch)
      .thenRejected({ type: 'NotBooked', orderId: ORDER, status }),
  );

  it.each([
    ['booked', booked],
    ['dispatched', dispatched],
  ])('is refused for a second parcel, when the first is %s', (_, history) =>
    given(shippingModel, ...after(...history))
      .when(handOver('CR-other'))
      .thenRejected({ type: 'NotOurBooking', orderId: ORDER, carrierReference: 'CR-other' }),
  );
});

describe('dispatching when the authorisation has run out', () => {
  const late = (command: ShipmentCommand, now = AUTHORIZED_UNTIL): ShipmentCommand => ({ ...command, now });
  const expired = { type: 'AuthorizationExpired', orderId: ORDER, authorizedUntil: AUTHORIZED_UNTIL } as const;

  it.each([
    ['an operator, of what is booked', booked, dispatch],
    ['the carrier, of what is booked', booked, handOver()],
    ['the carrier, of what is being booked', booking, handOver()],
  ])('is refused to %s, so that the carrier keeps the parcel', (_, history, command) =>
    given(shippingModel, ...after(...history))
      .when(late(command))
      .thenRejected(expired),
  );

  it.each([
    ['a millisecond', 1],
    ['a month', 30 * 24 * 60 * 60 * 1000],
  ])('is refused %s after the authorisation has run out, and not at that instant alone', (_, afterMs) =>
    given(shippingModel, ...after(...booked))
      .when(late(handOver(), plusMs(AUTHORIZED_UNTIL, afterMs)))
      .thenRejected(expired),
  );

  it('is allowed up to the last millisecond', () =>
    given(shippingModel, ...after(...booked))
      .when(late(dispatch, plusMs(AUTHORIZED_UNTIL, -1)))
      .then({ ...shipmentDispatched, dispatchedAt: plusMs(AUTHORIZED_UNTIL, -1) }));

  it('is allowed for ever when the money is captured already', () =>
    given(shippingModel, ...after(noteOrder(), notePaid, report(BOOK, done)))
      .when(late(dispatch))
      .then({ ...shipmentDispatched, dispatchedAt: AUTHORIZED_UNTIL }));

  it('stays quiet when the parcel had left before', () =>
    given(shippingModel, ...after(...dispatched))
      .when(late(handOver()))
      .thenNothing());

  it('leaves the shipment to be cancelled, as it is when the expiry is heard of', () =>
    given(shippingModel, ...after(...booked, late(dispatch)))
      .when(late(cancel))
      .then(
        { ...shipmentCancelled(true), cancelledAt: AUTHORIZED_UNTIL },
        {
          type: 'BookingCancellationRequested',
          orderId: ORDER,
          carrierReference: REFERENCE,
          requestedAt: AUTHORIZED_UNTIL,
        },
      ));

  it('is no reason to refuse what left in time: then the cancellation is refused', () =>
    given(shippingModel, ...after(...dispatched))
      .when(late(cancel))
      .then({
        type: 'ShipmentCancelRefused',
        orderId: ORDER,
        reason: 'already-dispatched',
        refusedAt: AUTHORIZED_UNTIL,
      }));
});

describe('delivering a shipment', () => {
  it('ends its way', () =>
    given(shippingModel, ...after(...dispatched))
      .when(deliver)
      .then({ type: 'ShipmentDelivered', orderId: ORDER, deliveredAt: NOW }));

  it('is not done by a parcel that is not the one booked', () => {
    for (const history of [booked, dispatched, delivered])
      given(shippingModel, ...after(...history))
        .when({ ...deliver, carrierReference: 'CR-other' })
        .thenRejected({ type: 'NotOurBooking', orderId: ORDER, carrierReference: 'CR-other' });
    given(shippingModel, ...after(...dispatched))
      .when({ ...deliver, carrierReference: REFERENCE })
      .then({ type: 'ShipmentDelivered', orderId: ORDER, deliveredAt: NOW });
  });

  it('stays quiet when it is delivered', () =>
    given(shippingModel, ...after(...delivered))
      .when(deliver)
      .thenNothing());

  it('is refused for an order that was not heard of yet', () =>
    given(shippingModel).when(deliver).thenRejected({ type: 'OrderNotHeardOfYet', orderId: ORDER }));

  it.each([
    ['booked', booked],
    ['cancelled', cancelled],
  ])('is refused before the parcel has left: %s', (status, history) =>
    given(shippingModel, ...after(...history))
      .when(deliver)
      .thenRejected({ type: 'NotDispatched', orderId: ORDER, status }),
  );
});
