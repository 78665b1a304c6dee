import { paymentStream, type Payment } from '@murmuration/domain-payments';
import { command, reaches } from './props';
import { play, type Stage } from './stage';

const MIRA = { actor: 'mira', reason: 'spoke to the provider' };
const TOTAL_MINOR = 2_500;

const played = async (script: (stage: Stage) => Promise<void>): Promise<void> => {
  const { failure, findings } = await play(script);
  expect(failure).toBeUndefined();
  expect(findings).toEqual([]);
};

const refundsOf = async ({ read }: Stage, orderId: string): Promise<readonly string[]> => {
  const payment = (await read('payments', paymentStream(orderId))) as Payment; // because that stream is a payment's
  return payment.status === 'captured' ? payment.refunds.map(({ answer }) => answer) : [];
};

describe('an order that needs a person', () => {
  it('is delivered and paid once the refused capture was tried again', () =>
    played(async (stage) => {
      const orderId = await stage.place({ token: 'tok_capture_refused' });
      await reaches(stage, orderId, 'needs-attention');
      await stage.ask('payments', 'again', command({ type: 'RetryCall', orderId, ...MIRA, now: stage.now() }));
      await reaches(stage, orderId, 'delivered');
      const { charge } = stage.world.provider.ledgerOf(orderId);
      expect(charge).toMatchObject({ status: 'captured', capturedMinor: TOTAL_MINOR });
      await stage.rest();
    }));

  it('is delivered when the capture was written off and the order settled by hand', () =>
    played(async (stage) => {
      const orderId = await stage.place({ token: 'tok_capture_refused' });
      await reaches(stage, orderId, 'needs-attention');
      const word = { orderId, ...MIRA, now: stage.now() };
      await stage.ask('payments', 'off', command({ type: 'ResolveCall', outcome: 'not-done', ...word }));
      await stage.ask('orders', 'settled', command({ type: 'ResolveOrder', outcome: 'completed', ...word }));
      await reaches(stage, orderId, 'delivered');
      expect(stage.world.provider.ledgerOf(orderId).charge).toMatchObject({ status: 'authorized' });
    }));

  it('is delivered all the same while a refund of it does, which then works', () =>
    played(async (stage) => {
      const orderId = await stage.place({ token: 'tok_refund_refused' });
      await reaches(stage, orderId, 'delivered');
      const refund = { type: 'RequestRefund', orderId, refundId: 'r-1', amountMinor: 250, now: stage.now() };
      await stage.ask('payments', 'give back', command(refund));
      await stage.until('it is refused', async () => (await refundsOf(stage, orderId)).includes('refused'));
      await reaches(stage, orderId, 'delivered');
      await stage.ask('payments', 'again', command({ type: 'RetryCall', orderId, ...MIRA, now: stage.now() }));
      await stage.until('it works', async () => (await refundsOf(stage, orderId)).includes('done'));
      expect(stage.world.provider.ledgerOf(orderId).charge).toMatchObject({ refundedMinor: 250 });
      await stage.rest();
    }));
});
