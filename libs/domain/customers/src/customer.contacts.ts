import type { ContactChannel } from '@murmuration/contracts';
import { accept, assert, isBefore, plusMs, reject, unreachable, type Instant, type Of } from '@murmuration/kernel';
import {
  CODE_ATTEMPTS_MAX,
  CODE_PAUSE_MS,
  CODE_VALID_MS,
  CODES_PER_WINDOW_MAX,
  CODES_WINDOW_MS,
} from './customer.bounds';
import type { CustomerCommand, CustomerEvent, CustomerRejection } from './customer.messages';
import type { Account, Contact, Customer, CustomerDecision, Verification } from './customer.state';

export type ContactCommand = Of<
  CustomerCommand,
  'ChangeEmail' | 'ChangePhone' | 'RemovePhone' | 'RequestVerification' | 'ConfirmVerification' | 'RecordCodeDelivery'
>;
export type ContactEvent = Of<
  CustomerEvent,
  | 'CustomerEmailChanged'
  | 'CustomerPhoneChanged'
  | 'CustomerPhoneRemoved'
  | 'ContactVerificationRequested'
  | 'VerificationCodeSent'
  | 'VerificationCodeNotSent'
  | 'ContactVerificationFailed'
  | 'ContactVerified'
>;

/** How the customer is reached, and whether it is really them who is reached there. */
export const decideContacts = (command: ContactCommand, account: Account): CustomerDecision => {
  const { customerId, now } = command;
  switch (command.type) {
    case 'ChangeEmail': {
      const { email } = command;
      if (account.contacts.email.contact === email) return accept();
      return accept({ type: 'CustomerEmailChanged', customerId, email, changedAt: now });
    }
    case 'ChangePhone': {
      const { phone } = command;
      if (account.contacts.phone?.contact === phone) return accept();
      return accept({ type: 'CustomerPhoneChanged', customerId, phone, changedAt: now });
    }
    case 'RemovePhone':
      if (account.contacts.phone === undefined) return accept();
      return accept({ type: 'CustomerPhoneRemoved', customerId, removedAt: now });
    case 'RequestVerification':
      return request(command, account);
    case 'ConfirmVerification':
      return confirm(command, account);
    case 'RecordCodeDelivery':
      return recordDelivery(command, account);
    default:
      return unreachable(command);
  }
};

const request = (
  { customerId, channel, verificationId, codeHash, now }: Of<CustomerCommand, 'RequestVerification'>,
  { contacts, codesRequested }: Account,
): CustomerDecision => {
  const to = contacts[channel];
  if (to === undefined) return reject({ type: 'PhoneNotKnown', customerId });
  if (to.verifiedAt !== undefined || to.verification?.verificationId === verificationId) return accept();
  const recent = within(codesRequested[channel], now);
  const last = recent.at(-1);
  const retryAt = last === undefined ? now : plusMs(last, CODE_PAUSE_MS);
  if (isBefore(now, retryAt)) return reject({ type: 'VerificationTooSoon', channel, retryAt });
  if (recent.length >= CODES_PER_WINDOW_MAX)
    return reject({ type: 'TooManyVerifications', channel, retryAt: plusMs(recent[0]!, CODES_WINDOW_MS) });
  return accept({
    ...{ type: 'ContactVerificationRequested', customerId, channel, verificationId, contact: to.contact, codeHash },
    ...{ requestedAt: now, expiresAt: plusMs(now, CODE_VALID_MS) },
  });
};

const within = (moments: readonly Instant[], now: Instant): readonly Instant[] =>
  moments.filter((moment) => isBefore(now, plusMs(moment, CODES_WINDOW_MS)));

const confirm = (
  { customerId, channel, codeHash, now }: Of<CustomerCommand, 'ConfirmVerification'>,
  { contacts }: Account,
): CustomerDecision => {
  const to = contacts[channel];
  if (to === undefined) return reject({ type: 'PhoneNotKnown', customerId });
  if (to.verifiedAt !== undefined) return accept();
  if (to.verification === undefined) return reject({ type: 'VerificationNotRequested', channel });
  const { verificationId, expiresAt, attemptsLeft } = to.verification;
  if (!isBefore(now, expiresAt)) return reject({ type: 'VerificationExpired', channel, expiredAt: expiresAt });
  if (attemptsLeft === 0) return reject({ type: 'VerificationClosed', channel });
  return to.verification.codeHash === codeHash
    ? accept({ type: 'ContactVerified', customerId, channel, verificationId, verifiedAt: now })
    : accept({
        ...{ type: 'ContactVerificationFailed', customerId, channel, verificationId },
        ...{ attemptsLeft: attemptsLeft - 1, failedAt: now },
      });
};

/** It is written down even of a code that counts no more, so that nobody tries to send that any longer. */
const recordDelivery = (
  { customerId, channel, verificationId, failure, now }: Of<CustomerCommand, 'RecordCodeDelivery'>,
  { contacts }: Account,
): CustomerDecision => {
  const current = contacts[channel]?.verification;
  if (current?.verificationId === verificationId && current.delivery !== 'pending') return accept();
  return accept(
    failure === undefined
      ? { type: 'VerificationCodeSent', customerId, channel, verificationId, sentAt: now }
      : { type: 'VerificationCodeNotSent', customerId, channel, verificationId, reason: failure, since: now },
  );
};

/** Why a contact is not verified although a code was just accepted for it: the code was wrong, which has been counted. */
export const wrongCode = (customer: Customer, channel: ContactChannel): CustomerRejection | undefined => {
  if (customer.status === 'unregistered') return undefined;
  const to = customer.account.contacts[channel];
  if (to?.verification === undefined) return undefined;
  return { type: 'VerificationCodeWrong', channel, attemptsLeft: to.verification.attemptsLeft };
};

export const evolveContacts = (account: Account, event: ContactEvent): Account => {
  switch (event.type) {
    case 'CustomerEmailChanged':
      return { ...account, contacts: { ...account.contacts, email: { contact: event.email } } };
    case 'CustomerPhoneChanged':
      return { ...account, contacts: { ...account.contacts, phone: { contact: event.phone } } };
    case 'CustomerPhoneRemoved':
      return { ...account, contacts: { email: account.contacts.email } };
    case 'ContactVerificationRequested':
      return evolveRequested(account, event);
    case 'VerificationCodeSent':
      return withVerification(account, event, (verification) => ({ ...verification, delivery: 'sent' }));
    case 'VerificationCodeNotSent':
      return withVerification(account, event, (verification) => ({ ...verification, delivery: 'failed' }));
    case 'ContactVerificationFailed': {
      const { attemptsLeft } = event;
      return withVerification(account, event, (verification) => ({ ...verification, attemptsLeft }));
    }
    case 'ContactVerified':
      return withContact(account, event.channel, ({ contact }) => ({ contact, verifiedAt: event.verifiedAt }));
    default:
      return unreachable(event);
  }
};

const evolveRequested = (
  account: Account,
  { channel, verificationId, codeHash, requestedAt, expiresAt }: Of<CustomerEvent, 'ContactVerificationRequested'>,
): Account => {
  const recent = [...within(account.codesRequested[channel], requestedAt), requestedAt].slice(-CODES_PER_WINDOW_MAX);
  const codesRequested = { ...account.codesRequested, [channel]: recent };
  return withContact({ ...account, codesRequested }, channel, ({ contact }) => ({
    contact,
    verification: { verificationId, codeHash, expiresAt, attemptsLeft: CODE_ATTEMPTS_MAX, delivery: 'pending' },
  }));
};

const withContact = (account: Account, channel: ContactChannel, change: (contact: Contact) => Contact): Account => {
  const before = account.contacts[channel];
  assert(before !== undefined, 'only a known contact is verified');
  return { ...account, contacts: { ...account.contacts, [channel]: change(before) } };
};

/** Changes the verification that is meant; another has taken its place where it is not the current one. */
const withVerification = (
  account: Account,
  { channel, verificationId }: { readonly channel: ContactChannel; readonly verificationId: string },
  change: (verification: Verification) => Verification,
): Account => {
  const to = account.contacts[channel];
  if (to?.verification?.verificationId !== verificationId) return account;
  const { contact, verification } = to;
  return { ...account, contacts: { ...account.contacts, [channel]: { contact, verification: change(verification) } } };
};
