import type { Message } from '@murmuration/kernel';
import type { Find } from './findings';

/** What a service has decided to ask of a partner, by order, and whether an answer was stored. */
export type Requests = {
  readonly stored: (event: Message) => void;
  /** Finds what was never answered, of orders that nobody looks after. */
  readonly judge: (isExcused: (orderId: string) => boolean) => void;
};

const ASKS: Readonly<Record<string, string>> = {
  AuthorizationRequested: 'authorisation',
  CaptureRequested: 'capture',
  VoidRequested: 'void',
  RefundRequested: 'refund',
  BookingRequested: 'booking',
  BookingCancellationRequested: 'cancellation of the booking',
};
/** A booking that nobody wants any more is answered by what is done about it. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  PaymentAuthorized: ['authorisation'],
  PaymentDeclined: ['authorisation'],
  PaymentCaptured: ['capture'],
  PaymentVoided: ['void'],
  PaymentRefunded: ['refund'],
  ShipmentBooked: ['booking'],
  ShipmentRefused: ['booking'],
  BookingCancellationRequested: ['booking'],
  BookingCleared: ['booking', 'cancellation of the booking'],
};

type OfOrder = { readonly type: string; readonly orderId: string; readonly refundId?: string };

/** Counts, by the stored events alone, what is asked of partners; which calls that opens is for the agenda to say. */
export const requests = (find: Find): Requests => {
  const open = new Map<string, { readonly orderId: string; readonly what: string }>();
  return {
    stored: (event) => {
      if (!('orderId' in event)) return;
      const { type, orderId, refundId } = event as OfOrder; // because only refunds have a second id
      const named = (what: string): string => (refundId === undefined ? what : `${what} ${refundId}`);
      for (const what of ANSWERS[type] ?? []) open.delete(`${orderId} ${named(what)}`);
      const asked = ASKS[type];
      if (asked !== undefined) open.set(`${orderId} ${named(asked)}`, { orderId, what: named(asked) });
    },
    judge: (isExcused) => {
      for (const { orderId, what } of open.values())
        if (!isExcused(orderId)) find('I4', orderId, `the ${what} was asked for and never answered`);
    },
  };
};
