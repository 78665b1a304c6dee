import { customerAgenda, type SendCode } from './agenda';
import { EXAMPLES } from './customer.examples.fixture';
import { after, customerId, now } from './customer.fixture';

const effect: SendCode = {
  type: 'SendCode',
  customerId,
  channel: 'email',
  verificationId: 'v-1',
  contact: 'ada@example.org',
  expiresAt: now,
};
const key = 'send-code:v-1';

const CHANGES: Readonly<Record<string, unknown>> = {
  ContactVerificationRequested: [{ type: 'effect-opened', key, effect }],
  VerificationCodeSent: [{ type: 'effect-closed', key }],
  VerificationCodeNotSent: [{ type: 'effect-closed', key }],
};

describe('the agenda of customers', () => {
  it.each(EXAMPLES)('after $type', (event) => {
    expect(customerAgenda.changesOf(event)).toEqual(CHANGES[event.type] ?? []);
  });
  it('never sees a code', () => {
    expect(JSON.stringify(CHANGES)).not.toMatch(/hash/);
  });

  const delivery = { type: 'RecordCodeDelivery', customerId, channel: 'email', verificationId: 'v-1', now: after(1) };
  it('records that a code was sent', () => {
    expect(customerAgenda.settle({ key, effect }, { outcome: 'done', result: undefined }, after(1))).toEqual(delivery);
  });
  it.each(['refused', 'gave-up'] as const)('records why a code was not sent when that was %s', (outcome) => {
    expect(customerAgenda.settle({ key, effect }, { outcome, reason: 'no courier' }, after(1))).toEqual({
      ...delivery,
      failure: 'no courier',
    });
  });
});
