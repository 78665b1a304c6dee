import type { Of } from '@murmuration/kernel';
import { given, stateAfter } from '@murmuration/testing';
import { customer } from './customer';
import {
  CODE_ATTEMPTS_MAX,
  CODE_PAUSE_MS,
  CODE_VALID_MS,
  CODES_PER_WINDOW_MAX,
  CODES_WINDOW_MS,
} from './customer.bounds';
import { wrongCode } from './customer.contacts';
import { about, after, customerId, deactivated, now, phone, phoneSet, registered } from './customer.fixture';
import type { CustomerEvent } from './customer.messages';
import type { Account, Customer } from './customer.state';

const channel = 'email';
const request = { type: 'RequestVerification', ...about, channel, verificationId: 'v-1', codeHash: 'right' } as const;
const confirm = { type: 'ConfirmVerification', ...about, channel, codeHash: 'right' } as const;
const guess = { ...confirm, codeHash: 'wrong' } as const;

const requested: Of<CustomerEvent, 'ContactVerificationRequested'> = {
  ...{ type: 'ContactVerificationRequested', customerId, channel, verificationId: 'v-1', contact: 'ada@example.org' },
  ...{ codeHash: 'right', requestedAt: now, expiresAt: after(CODE_VALID_MS) },
};
const verified: CustomerEvent = {
  type: 'ContactVerified',
  customerId,
  channel,
  verificationId: 'v-1',
  verifiedAt: now,
};
const failed = (attemptsLeft: number): CustomerEvent => ({
  ...{ type: 'ContactVerificationFailed', customerId, channel, verificationId: 'v-1', attemptsLeft, failedAt: now },
});
const emailChanged: CustomerEvent = {
  ...{ type: 'CustomerEmailChanged', customerId, email: 'lovelace@example.org', changedAt: now },
};

const accountAfter = (...history: readonly CustomerEvent[]): Account => {
  const state: Customer = stateAfter(customer, ...history);
  if (state.status === 'unregistered') throw new Error('a registered customer');
  return state.account;
};

describe('changing how a customer is reached', () => {
  it('changes the e-mail address', () =>
    given(customer, registered)
      .when({ type: 'ChangeEmail', ...about, email: 'lovelace@example.org' })
      .then(emailChanged));
  it('sets the phone number, and takes it away', () => {
    given(customer, registered)
      .when({ type: 'ChangePhone', ...about, phone })
      .then(phoneSet);
    given(customer, registered, phoneSet)
      .when({ type: 'RemovePhone', ...about })
      .then({ type: 'CustomerPhoneRemoved', customerId, removedAt: now });
  });
  it('makes another address one to be verified, and a code for the one before worthless', () => {
    expect(accountAfter(registered, requested, verified).contacts.email).toEqual({
      ...{ contact: 'ada@example.org', verifiedAt: now },
    });
    expect(accountAfter(registered, requested, verified, emailChanged).contacts.email).toEqual({
      contact: 'lovelace@example.org',
    });
    given(customer, registered, requested, emailChanged)
      .when(confirm)
      .thenRejected({ type: 'VerificationNotRequested', channel });
  });
  it('stays quiet when the customer is reached there already, which stays verified', () => {
    given(customer, registered, requested, verified)
      .when({ type: 'ChangeEmail', ...about, email: 'ada@example.org' })
      .thenNothing();
    given(customer, registered, phoneSet)
      .when({ type: 'ChangePhone', ...about, phone })
      .thenNothing();
    given(customer, registered)
      .when({ type: 'RemovePhone', ...about })
      .thenNothing();
  });
});

describe('requesting a verification', () => {
  it('keeps the hash of the code, where it goes, and until when it holds', () =>
    given(customer, registered).when(request).then(requested));
  it('of the phone goes to its number', () =>
    given(customer, registered, phoneSet)
      .when({ ...request, channel: 'phone' })
      .then({ ...requested, channel: 'phone', contact: phone }));
  it('of a phone that is not known is refused', () =>
    given(customer, registered)
      .when({ ...request, channel: 'phone' })
      .thenRejected({ type: 'PhoneNotKnown', customerId }));
  it('stays quiet when it is the same request, or all is verified', () => {
    given(customer, registered, requested).when(request).thenNothing();
    given(customer, registered, requested, verified)
      .when({ ...request, verificationId: 'v-2' })
      .thenNothing();
  });
  it('is refused within a minute of the one before', () =>
    given(customer, registered, requested)
      .when({ ...request, verificationId: 'v-2', now: after(CODE_PAUSE_MS - 1) })
      .thenRejected({ type: 'VerificationTooSoon', channel, retryAt: after(CODE_PAUSE_MS) }));
  it('is refused within a minute also when the address has changed meanwhile', () =>
    given(customer, registered, requested, emailChanged)
      .when({ ...request, verificationId: 'v-2' })
      .thenRejected({ type: 'VerificationTooSoon', channel, retryAt: after(CODE_PAUSE_MS) }));
  it('takes the place of the one before after that, with all its attempts', () => {
    const again = { ...request, verificationId: 'v-2', codeHash: 'new', now: after(CODE_PAUSE_MS) };
    const second: CustomerEvent = {
      ...{ ...requested, verificationId: 'v-2', codeHash: 'new', requestedAt: after(CODE_PAUSE_MS) },
      expiresAt: after(CODE_PAUSE_MS + CODE_VALID_MS),
    };
    given(customer, registered, requested, failed(1)).when(again).then(second);
    expect(accountAfter(registered, requested, failed(1), second).contacts.email.verification).toMatchObject({
      attemptsLeft: CODE_ATTEMPTS_MAX,
    });
    given(customer, registered, requested, second)
      .when(confirm)
      .then({ ...failed(CODE_ATTEMPTS_MAX - 1), verificationId: 'v-2' } as CustomerEvent);
  });
  it('is refused after many in one day, until the first of them is a day ago', () => {
    const many = Array.from({ length: CODES_PER_WINDOW_MAX }, (_, index) => ({
      ...{ ...requested, verificationId: `v-${index}`, requestedAt: after(index * CODE_PAUSE_MS) },
    }));
    const last = { ...request, verificationId: 'v-last' };
    given(customer, registered, ...many)
      .when({ ...last, now: after(CODES_WINDOW_MS - 1) })
      .thenRejected({ type: 'TooManyVerifications', channel, retryAt: after(CODES_WINDOW_MS) });
    given(customer, registered, ...many)
      .when({ ...last, now: after(CODES_WINDOW_MS) })
      .then({
        ...{ ...requested, verificationId: 'v-last', requestedAt: after(CODES_WINDOW_MS) },
        expiresAt: after(CODES_WINDOW_MS + CODE_VALID_MS),
      });
  });
});

describe('confirming a verification', () => {
  it('with the right code verifies the contact', () =>
    given(customer, registered, requested).when(confirm).then(verified));
  it('with a wrong code is counted', () =>
    given(customer, registered, requested)
      .when(guess)
      .then(failed(CODE_ATTEMPTS_MAX - 1)));
  it('with the right code works until the last attempt is spent', () => {
    given(customer, registered, requested, failed(1)).when(confirm).then(verified);
    given(customer, registered, requested, failed(0))
      .when(confirm)
      .thenRejected({ type: 'VerificationClosed', channel });
  });
  it('is refused once the code has expired', () => {
    const late = after(CODE_VALID_MS);
    given(customer, registered, requested)
      .when({ ...confirm, now: late })
      .thenRejected({ type: 'VerificationExpired', channel, expiredAt: late });
  });
  it('is refused when no code was asked for', () =>
    given(customer, registered).when(confirm).thenRejected({ type: 'VerificationNotRequested', channel }));
  it('of a phone that is not known is refused', () =>
    given(customer, registered)
      .when({ ...confirm, channel: 'phone' })
      .thenRejected({ type: 'PhoneNotKnown', customerId }));
  it('stays quiet when it is verified already', () =>
    given(customer, registered, requested, verified).when(guess).thenNothing());
});

describe('the delivery of a code', () => {
  const record = { type: 'RecordCodeDelivery', ...about, channel, verificationId: 'v-1' } as const;
  const sent: CustomerEvent = { type: 'VerificationCodeSent', customerId, channel, verificationId: 'v-1', sentAt: now };
  const notSent: CustomerEvent = {
    ...{
      type: 'VerificationCodeNotSent',
      customerId,
      channel,
      verificationId: 'v-1',
      reason: 'no courier',
      since: now,
    },
  };

  it('is written down, with the reason when it failed', () => {
    given(customer, registered, requested).when(record).then(sent);
    given(customer, registered, requested)
      .when({ ...record, failure: 'no courier' })
      .then(notSent);
    expect(accountAfter(registered, requested, notSent).contacts.email.verification?.delivery).toBe('failed');
  });
  it('stays quiet when it is known', () => given(customer, registered, requested, sent).when(record).thenNothing());
  it('is written down also of a code that counts no more, and of who has left', () => {
    given(customer, registered, requested, emailChanged).when(record).then(sent);
    given(customer, registered, requested, verified).when(record).then(sent);
    given(customer, registered, requested, deactivated).when(record).then(sent);
  });
});

describe('what a wrong code is answered with', () => {
  const answerAfter = (...history: readonly CustomerEvent[]) => wrongCode(stateAfter(customer, ...history), channel);
  it('is how many attempts are left', () => {
    expect(answerAfter(registered, requested, failed(2))).toEqual({
      ...{ type: 'VerificationCodeWrong', channel, attemptsLeft: 2 },
    });
  });
  it('is nothing where the code was right', () => {
    expect([answerAfter(registered, requested, verified), answerAfter()]).toEqual([undefined, undefined]);
  });
});
