import { given } from '@murmuration/testing';
import { payment } from './payment';
import {
  after,
  authorized,
  capture,
  captured,
  capturedAtOnce,
  done,
  NOW,
  ORDER,
  gaveUp,
  refused,
  report,
  requestRefund,
} from './payment.fixture';
import { effectKey, REFUNDS_MAX } from './payment.messages';

const FIRST = effectKey.refund(ORDER, 'r-1');

describe('a refund for a return', () => {
  it.each([
    ['captured', captured],
    ['captured from the start, with the parcel gone', [...capturedAtOnce, capture]],
  ])('is asked of the provider when the payment is %s', (_, history) =>
    given(payment, ...after(...history))
      .when(requestRefund(870))
      .then({
        type: 'RefundRequested',
        orderId: ORDER,
        refundId: 'r-1',
        cause: 'return',
        amountMinor: 870,
        currency: 'EUR',
        requestedAt: NOW,
      }),
  );

  it('stays quiet when it was asked for before', () =>
    given(payment, ...after(...captured, requestRefund(870)))
      .when(requestRefund(870))
      .thenNothing());

  it('is refused under an id that stands for another amount', () =>
    given(payment, ...after(...captured, requestRefund(870)))
      .when(requestRefund(871))
      .thenRejected({ type: 'RefundIdTaken', refundId: 'r-1' }));

  it('is refused under an id that the provider has refused', () =>
    given(payment, ...after(...captured, requestRefund(870), report(FIRST, refused)))
      .when(requestRefund(870))
      .thenRejected({ type: 'RefundIdTaken', refundId: 'r-1' }));

  it.each([0, -1, 0.5, Number.NaN, Infinity])('is refused for an amount of %p', (amountMinor) =>
    given(payment, ...after(...captured))
      .when(requestRefund(amountMinor))
      .thenRejected({ type: 'AmountOutOfBounds', min: 1, max: 7870 }),
  );

  it.each([
    ['done', [report(FIRST, done)]],
    ['in flight', []],
    ['unanswered', [report(FIRST, gaveUp)]],
  ])('never gives back more than was captured, counting a refund that is %s', (_, answer) =>
    given(payment, ...after(...captured, requestRefund(7000), ...answer))
      .when(requestRefund(871, 'r-2'))
      .thenRejected({ type: 'RefundExceedsCaptured', refundableMinor: 870 }),
  );

  it('does not count what the provider refused', () =>
    expect(after(...captured, requestRefund(7870), report(FIRST, refused), requestRefund(7870, 'r-2'))).toContainEqual(
      expect.objectContaining({ type: 'RefundRequested', refundId: 'r-2', amountMinor: 7870 }),
    ));

  it('is refused for an order that was not heard of yet', () =>
    given(payment).when(requestRefund(870)).thenRejected({ type: 'OrderNotHeardOfYet', orderId: ORDER }));

  it('is refused before the money is captured', () =>
    given(payment, ...after(...authorized))
      .when(requestRefund(870))
      .thenRejected({ type: 'NotCaptured', orderId: ORDER, status: 'authorized' }));

  it('is refused before the parcel has left, since only an undo gives back money then', () =>
    given(payment, ...after(...capturedAtOnce))
      .when(requestRefund(870))
      .thenRejected({ type: 'NotDispatched', orderId: ORDER }));

  it('is refused after many others', () => {
    const refunds = Array.from({ length: REFUNDS_MAX }, (_, nth) => requestRefund(1, `r-${nth}`));
    given(payment, ...after(...captured, ...refunds))
      .when(requestRefund(1, 'one-more'))
      .thenRejected({ type: 'TooManyRefunds', max: REFUNDS_MAX });
  });
});
