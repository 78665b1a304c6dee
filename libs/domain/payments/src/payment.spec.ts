import { instant } from '@murmuration/kernel';
import { given } from '@murmuration/testing';
import { paymentsModel } from './model';
import {
  after,
  AMOUNT,
  authorized,
  authorizing,
  capture,
  captured,
  capturedAtOnce,
  capturing,
  declined,
  expire,
  EXPIRES_AT,
  noteOrder,
  noteStockReserved,
  NOW,
  ORDER,
  report,
  undo,
  UNDO_REFUND,
  done,
  voided,
  voiding,
} from './payment.fixture';

const tombstone = { type: 'PaymentVoided', orderId: ORDER, held: false, amountMinor: 0, voidedAt: NOW } as const;
const authorizationRequested = {
  type: 'AuthorizationRequested',
  orderId: ORDER,
  ...AMOUNT,
  paymentToken: 'tok_ok',
  requestedAt: NOW,
} as const;

describe('an order', () => {
  it('is noted until its stock is reserved', () =>
    given(paymentsModel)
      .when(noteOrder())
      .then({ type: 'OrderNoted', orderId: ORDER, ...AMOUNT, paymentToken: 'tok_ok', notedAt: NOW }));

  it('is authorised at once when its stock was reserved before it was heard', () =>
    given(paymentsModel, ...after(noteStockReserved))
      .when(noteOrder())
      .then(authorizationRequested));

  it.each([
    ['noted', [noteOrder()]],
    ['being authorised', authorizing],
    ['voided by a tombstone', [undo]],
    ['captured', captured],
  ])('stays quiet when it is %s', (_, history) =>
    given(paymentsModel, ...after(...history))
      .when(noteOrder())
      .thenNothing(),
  );
});

describe('a reservation of the stock', () => {
  it('is noted until the order is heard', () =>
    given(paymentsModel).when(noteStockReserved).then({ type: 'StockReservationNoted', orderId: ORDER, notedAt: NOW }));

  it('asks for the authorisation of the total of the order', () =>
    given(paymentsModel, ...after(noteOrder()))
      .when(noteStockReserved)
      .then(authorizationRequested));

  it.each([
    ['noted', [noteStockReserved]],
    ['being authorised', authorizing],
    ['authorised', authorized],
    ['declined', declined],
  ])('stays quiet when the payment is %s', (_, history) =>
    given(paymentsModel, ...after(...history))
      .when(noteStockReserved)
      .thenNothing(),
  );

  it.each([
    ['before anything was heard', [undo]],
    ['after the order was heard', [noteOrder(), undo]],
    ['after it was authorised', voided],
  ])('is refused as stale when the payment was undone %s', (_, history) =>
    given(paymentsModel, ...after(...history))
      .when(noteStockReserved)
      .thenRejected({ type: 'PaymentClosed', orderId: ORDER }),
  );
});

describe('undoing a payment', () => {
  it.each([
    ['nothing', []],
    ['the order alone', [noteOrder()]],
    ['the reservation alone', [noteStockReserved]],
  ])('leaves a tombstone when %s is known', (_, history) =>
    given(paymentsModel, ...after(...history))
      .when(undo)
      .then(tombstone),
  );

  it('waits for the answer of an authorisation in flight', () =>
    given(paymentsModel, ...after(...authorizing))
      .when(undo)
      .then({ type: 'PaymentUndoNoted', orderId: ORDER, notedAt: NOW }));

  it('voids what is authorised', () =>
    given(paymentsModel, ...after(...authorized))
      .when(undo)
      .then({ type: 'VoidRequested', orderId: ORDER, amountMinor: 7870, requestedAt: NOW }));

  it('refunds what could only be captured', () =>
    given(paymentsModel, ...after(...capturedAtOnce))
      .when(undo)
      .then({ type: 'RefundRequested', orderId: ORDER, refundId: 'undo', cause: 'undo', ...AMOUNT, requestedAt: NOW }));

  it.each([
    ['noted for an authorisation in flight', [...authorizing, undo]],
    ['asked of the provider', voiding],
    ['done', voided],
    ['a tombstone', [undo]],
    ['a refund in flight', [...capturedAtOnce, undo]],
    ['a refund that is done', [...capturedAtOnce, undo, report(UNDO_REFUND, done)]],
    ['pointless, since the provider declined', declined],
  ])('stays quiet when it is %s', (_, history) =>
    given(paymentsModel, ...after(...history))
      .when(undo)
      .thenNothing(),
  );

  it.each([
    ['being captured', capturing],
    ['captured', captured],
    ['captured from the start', [...capturedAtOnce, capture]],
  ])('is refused when the parcel has left and the payment is %s', (_, history) =>
    given(paymentsModel, ...after(...history))
      .when(undo)
      .thenRejected({ type: 'AlreadyDispatched', orderId: ORDER }),
  );
});

describe('capturing a payment', () => {
  it('asks for all that is authorised', () =>
    given(paymentsModel, ...after(...authorized))
      .when(capture)
      .then({ type: 'CaptureRequested', orderId: ORDER, ...AMOUNT, requestedAt: NOW }));

  it('asks for nothing more of what was captured from the start, and remembers that the parcel has left', () =>
    given(paymentsModel, ...after(...capturedAtOnce))
      .when(capture)
      .then({ type: 'DispatchNoted', orderId: ORDER, notedAt: NOW }));

  it('leaves it to the provider to say that an authorisation has lapsed', () =>
    given(paymentsModel, ...after(...authorized, expire()))
      .when(capture)
      .then({ type: 'CaptureRequested', orderId: ORDER, ...AMOUNT, requestedAt: NOW }));

  it.each([
    ['asked for', capturing],
    ['done', captured],
    ['noted', [...capturedAtOnce, capture]],
  ])('stays quiet when it is %s', (_, history) =>
    given(paymentsModel, ...after(...history))
      .when(capture)
      .thenNothing(),
  );

  it.each([
    ['absent', []],
    ['order-noted', [noteOrder()]],
    ['authorizing', authorizing],
    ['declined', declined],
    ['voiding', voiding],
    ['voided', voided],
    ['captured', [...capturedAtOnce, undo]],
  ])('is refused when nothing is authorised: %s', (status, history) =>
    given(paymentsModel, ...after(...history))
      .when(capture)
      .thenRejected({ type: 'NotAuthorized', orderId: ORDER, status }),
  );
});

describe('the expiry of an authorisation', () => {
  it('is said, and undoes nothing by itself', () =>
    given(paymentsModel, ...after(...authorized))
      .when(expire())
      .then({ type: 'PaymentAuthorizationExpired', orderId: ORDER, amountMinor: 7870, expiredAt: EXPIRES_AT }));

  it('does not hinder the undo', () =>
    given(paymentsModel, ...after(...authorized, expire()))
      .when(undo)
      .then({ type: 'VoidRequested', orderId: ORDER, amountMinor: 7870, requestedAt: NOW }));

  it.each([
    ['said already', [...authorized, expire()], EXPIRES_AT],
    ['not due yet', authorized, instant('2026-03-08T09:29:59.999Z')],
    ['too late for a capture', capturing, EXPIRES_AT],
    ['too late for a void', voiding, EXPIRES_AT],
  ])('stays quiet when it is %s', (_, history, now) =>
    given(paymentsModel, ...after(...history))
      .when(expire(now))
      .thenNothing(),
  );
});
