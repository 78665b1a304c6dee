import type { Agenda } from '@murmuration/kernel';
import type { ContactChannel, CustomerCommand, CustomerEvent } from './customer.messages';
import type { Instant } from '@murmuration/kernel';

/** Sends a customer the code that proves a contact to be theirs. Who sends it makes the code anew from the id; it is stored nowhere. */
export type SendCode = {
  readonly type: 'SendCode';
  readonly customerId: string;
  readonly channel: ContactChannel;
  readonly verificationId: string;
  readonly contact: string;
  /** A code that comes later is of no use. */
  readonly expiresAt: Instant;
};

const keyOf = (verificationId: string): string => `send-code:${verificationId}`;

/** The customer's side of the service's external calls: verification codes on their way. */
export const customerAgenda: Pick<Agenda<CustomerEvent, CustomerCommand, SendCode, unknown>, 'changesOf' | 'settle'> = {
  changesOf: (event) => {
    if (event.type === 'ContactVerificationRequested') {
      const { customerId, channel, verificationId, contact, expiresAt } = event;
      const effect: SendCode = { type: 'SendCode', customerId, channel, verificationId, contact, expiresAt };
      return [{ type: 'effect-opened', key: keyOf(verificationId), effect }];
    }
    return event.type === 'VerificationCodeSent' || event.type === 'VerificationCodeNotSent'
      ? [{ type: 'effect-closed', key: keyOf(event.verificationId) }]
      : [];
  },
  settle: ({ effect: { customerId, channel, verificationId } }, settled, now) => ({
    ...{ type: 'RecordCodeDelivery', customerId, channel, verificationId, now },
    ...(settled.outcome === 'done' ? {} : { failure: settled.reason }),
  }),
};
