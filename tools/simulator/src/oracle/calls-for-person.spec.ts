import type { Heard } from '@murmuration/contracts';
import { callsForPerson } from './calls-for-person';

const ORDER = 'o-1';

const heard = (name: string, data: object = {}): Heard =>
  ({ name: `${name}.v1`, source: name.split('.')[0], subject: ORDER, data: { orderId: ORDER, ...data } }) as Heard; // because nothing else of it is read

const after = (...said: readonly Heard[]) => {
  const calls = callsForPerson();
  said.forEach(calls.hear);
  return { areOpen: calls.areOpen(ORDER), isSettledByHand: calls.isSettledByHand(ORDER) };
};

const refund = (refundId: string) =>
  heard('payments.payment-needs-attention', { attention: 1, call: 'refund', refundId });

describe('a call for a person', () => {
  it('is open once a service has given up', () =>
    expect(after(refund('r-1'))).toEqual({ areOpen: true, isSettledByHand: false }));

  it('is over when that very call is retried', () => {
    const retried = (attentions: readonly number[]) =>
      heard('payments.payment-attention-handled', { action: 'retried', attentions });
    expect(after(refund('r-1'), retried([1])).areOpen).toBe(false);
    expect(after(refund('r-1'), retried([2])).areOpen).toBe(true);
  });

  it('is over when the other side has answered it after all, and not when it has answered another', () => {
    expect(after(refund('r-1'), heard('payments.payment-refunded', { refundId: 'r-1' })).areOpen).toBe(false);
    expect(after(refund('r-1'), heard('payments.payment-refunded', { refundId: 'r-2' })).areOpen).toBe(true);
    expect(after(refund('r-1'), heard('payments.payment-captured')).areOpen).toBe(true);
  });

  it('of one service is not over when another one is dealt with', () => {
    const handled = heard('shipping.shipment-attention-handled', { action: 'retried', attentions: [1] });
    expect(after(refund('r-1'), handled).areOpen).toBe(true);
  });

  it('that is settled by hand leaves the order to who did so', () => {
    const resolved = heard('orders.order-attention-handled', { action: 'resolved', attentions: [1] });
    expect(after(resolved)).toEqual({ areOpen: false, isSettledByHand: true });
  });
});
