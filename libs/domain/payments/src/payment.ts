import { accept, isBefore, reject, unreachable, type Decider, type Decision, type Of } from '@murmuration/kernel';
import { resolveCall, retryCall } from './attention';
import { UNDO_REFUND_ID, type PaymentCommand, type PaymentEvent, type PaymentRejection } from './payment.messages';
import { absentPayment, evolve, type Payment } from './payment.state';
import { reportOutcome } from './provider-outcome';
import { requestRefund } from './refund';

type PaymentDecision = Decision<PaymentEvent, PaymentRejection>;

const noteOrder = (
  { orderId, amountMinor, currency, paymentToken, now }: Of<PaymentCommand, 'NoteOrder'>,
  payment: Payment,
): PaymentDecision => {
  const charge = { orderId, amountMinor, currency, paymentToken };
  if (payment.status === 'absent') return accept({ type: 'OrderNoted', ...charge, notedAt: now });
  if (payment.status === 'reservation-noted')
    return accept({ type: 'AuthorizationRequested', ...charge, requestedAt: now });
  return accept();
};

const noteStockReserved = (
  { orderId, now }: Of<PaymentCommand, 'NoteStockReserved'>,
  payment: Payment,
): PaymentDecision => {
  if (payment.status === 'absent') return accept({ type: 'StockReservationNoted', orderId, notedAt: now });
  if (payment.status === 'order-noted')
    return accept({ type: 'AuthorizationRequested', orderId, ...payment.charge, requestedAt: now });
  if (payment.status === 'voided') return reject({ type: 'PaymentClosed', orderId });
  return accept();
};

const undo = ({ orderId, now }: Of<PaymentCommand, 'UndoPayment'>, payment: Payment): PaymentDecision => {
  switch (payment.status) {
    case 'absent':
    case 'order-noted':
    case 'reservation-noted':
      return accept({ type: 'PaymentVoided', orderId, held: false, amountMinor: 0, voidedAt: now });
    case 'authorizing':
      return payment.undo ? accept() : accept({ type: 'PaymentUndoNoted', orderId, notedAt: now });
    case 'authorized':
      return accept({ type: 'VoidRequested', orderId, amountMinor: payment.amountMinor, requestedAt: now });
    case 'capturing':
      return reject({ type: 'AlreadyDispatched', orderId });
    case 'captured': {
      if (payment.dispatched) return reject({ type: 'AlreadyDispatched', orderId });
      if (payment.refunds.length > 0) return accept();
      const { amountMinor, currency } = payment;
      return accept({
        type: 'RefundRequested',
        orderId,
        refundId: UNDO_REFUND_ID,
        cause: 'undo',
        amountMinor,
        currency,
        requestedAt: now,
      });
    }
    case 'declined':
    case 'voiding':
    case 'voided':
      return accept();
  }
};

const capture = ({ orderId, now }: Of<PaymentCommand, 'CapturePayment'>, payment: Payment): PaymentDecision => {
  if (payment.status === 'authorized') {
    const { amountMinor, currency } = payment;
    return accept({ type: 'CaptureRequested', orderId, amountMinor, currency, requestedAt: now });
  }
  if (payment.status === 'capturing') return accept();
  if (payment.status !== 'captured' || payment.refunds.some(({ cause }) => cause === 'undo'))
    return reject({ type: 'NotAuthorized', orderId, status: payment.status });
  return payment.dispatched ? accept() : accept({ type: 'DispatchNoted', orderId, notedAt: now });
};

const expire = ({ orderId, now }: Of<PaymentCommand, 'ExpireAuthorization'>, payment: Payment): PaymentDecision => {
  if (payment.status !== 'authorized' || payment.expired || isBefore(now, payment.expiresAt)) return accept();
  const { amountMinor } = payment;
  return accept({ type: 'PaymentAuthorizationExpired', orderId, amountMinor, expiredAt: now });
};

const decide = (command: PaymentCommand, payment: Payment): PaymentDecision => {
  switch (command.type) {
    case 'NoteOrder':
      return noteOrder(command, payment);
    case 'NoteStockReserved':
      return noteStockReserved(command, payment);
    case 'UndoPayment':
      return undo(command, payment);
    case 'CapturePayment':
      return capture(command, payment);
    case 'RequestRefund':
      return requestRefund(command, payment);
    case 'ExpireAuthorization':
      return expire(command, payment);
    case 'RetryCall':
      return retryCall(command, payment);
    case 'ResolveCall':
      return resolveCall(command, payment);
    case 'ReportProviderOutcome':
      return reportOutcome(command, payment);
    default:
      return unreachable(command);
  }
};

export const payment: Decider<PaymentCommand, PaymentEvent, Payment, PaymentRejection> = {
  initial: absentPayment,
  decide,
  evolve,
};
