import { contractOf, keyOf } from '@murmuration/contracts';
import { announce } from './announcements';
import {
  after,
  authorized,
  authorizing,
  captured,
  capturedAtOnce,
  declined,
  done,
  expire,
  gaveUp,
  ORDER,
  AUTHORIZE,
  CAPTURE,
  capturing,
  refused,
  report,
  requestRefund,
  resolve,
  retry,
  undo,
  UNDO_REFUND,
  voided,
} from './payment.fixture';

const everything = [
  ...after(...captured),
  ...after(...voided),
  ...after(undo),
  ...after(...declined),
  ...after(...authorized, expire()),
  ...after(...capturedAtOnce, undo, report(UNDO_REFUND, done)),
  ...after(...authorizing, report(AUTHORIZE, gaveUp), retry()),
  ...after(...capturing, report(CAPTURE, refused), resolve('not-done')),
  ...after(...captured, requestRefund(870), report('refund:o-1:r-1', refused), retry()),
];
const said = everything.flatMap((event) => announce(event) ?? []);

describe('what payments announces', () => {
  it.each(said.map((event) => [event.name, event] as const))('%s keeps its contract', (name, event) => {
    expect(contractOf(name)?.schema.safeParse(event.data)).toMatchObject({ success: true, data: event.data });
    expect(keyOf(event)).toBe(ORDER);
  });

  it.each(['', 'x'.repeat(500), 'x'.repeat(100_000)])('can be heard whatever the provider says (%#)', (reason) => {
    const events = (['refused', 'gave-up'] as const).flatMap((outcome) => [
      ...after(...authorizing, report(AUTHORIZE, { outcome, reason })),
      ...after(...capturing, report(CAPTURE, { outcome, reason })),
      ...after(...captured, requestRefund(870), report('refund:o-1:r-1', { outcome, reason })),
    ]);
    for (const { name, data } of events.flatMap((event) => announce(event) ?? []))
      expect([name, contractOf(name)?.schema.safeParse(data).error]).toEqual([name, undefined]);
  });

  it('is every outcome that it may say', () => {
    expect([...new Set(said.map(({ name }) => name))].sort()).toEqual([
      'payments.payment-attention-handled.v1',
      'payments.payment-authorization-expired.v1',
      'payments.payment-authorized.v1',
      'payments.payment-captured.v1',
      'payments.payment-declined.v1',
      'payments.payment-needs-attention.v1',
      'payments.payment-refunded.v1',
      'payments.payment-voided.v1',
    ]);
  });

  it('is nothing that is only noted or intended', () => {
    const quiet = everything.filter((event) => announce(event) === undefined).map(({ type }) => type);
    expect(quiet.every((type) => /(Noted|Requested)$/.test(type))).toBe(true);
  });

  it('names the refund that a person is called for, and that is made once more', () => {
    const refund = { call: 'refund', refundId: 'r-1', orderId: ORDER };
    expect(said.slice(-2)).toMatchObject([
      { name: 'payments.payment-needs-attention.v1', data: { ...refund, attention: 1 } },
      { name: 'payments.payment-attention-handled.v1', data: { ...refund, attentions: [1], action: 'retried' } },
    ]);
  });

  it('says of a charge that could only be captured both that it is authorised and that it is captured', () => {
    expect(after(...capturedAtOnce).flatMap((event) => announce(event)?.name ?? [])).toEqual([
      'payments.payment-authorized.v1',
      'payments.payment-captured.v1',
    ]);
  });

  it('comes from events that survive being stored as JSON', () => {
    expect(JSON.parse(JSON.stringify(everything))).toStrictEqual(everything);
  });
});
