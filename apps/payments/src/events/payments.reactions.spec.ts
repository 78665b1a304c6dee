import {
  orderSubmitted,
  paymentAuthorized,
  say,
  shipmentCancelled,
  shipmentDispatched,
  shipmentRefused,
  stockReserved,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { heardBy } from '@murmuration/platform';
import { paymentsForTests } from '../payments.fixture';

let payments: Awaited<ReturnType<typeof paymentsForTests>>;
beforeAll(async () => {
  payments = await paymentsForTests();
});
afterAll(() => payments.close());

const outcomes = async (event: IntegrationEvent): Promise<readonly string[]> =>
  (await payments.hear(event)).map((ended) => (ended.outcome === 'rejected' ? ended.rejection.type : ended.outcome));
const statusOf = async (orderId: string) => (await payments.send('GET', `/payments/${orderId}`)).body.status;

describe('the reactions of payments', () => {
  it('are bound to every event that its steps hear', () => {
    expect([...heardBy('payments')].sort()).toEqual(
      [orderSubmitted, shipmentCancelled, shipmentDispatched, shipmentRefused, stockReserved]
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('ask for the authorisation whichever of the order and its stock is heard first', async () => {
    await payments.hear(say(stockReserved, { ...stockReserved.example, orderId: 'o-reversed' }));
    expect(await statusOf('o-reversed')).toBe('reservation-noted');
    await payments.hear(say(orderSubmitted, { ...orderSubmitted.example, orderId: 'o-reversed' }));
    expect(await statusOf('o-reversed')).toBe('authorizing');
  });

  it('refuse what came too late as stale: the undo overtook the reservation', async () => {
    const orderId = 'o-overtaken';
    expect(await outcomes(say(shipmentCancelled, { ...shipmentCancelled.example, orderId, held: false }))).toEqual([
      'accepted',
    ]);
    expect(await outcomes(say(stockReserved, { ...stockReserved.example, orderId }))).toEqual(['PaymentClosed']);
    expect(await statusOf(orderId)).toBe('voided');
  });

  it('fail on a parcel that left without an authorisation', async () => {
    const dispatched = say(shipmentDispatched, { ...shipmentDispatched.example, orderId: 'o-unpaid' });
    expect(await outcomes(dispatched)).toEqual(['NotAuthorized']);
  });

  it('leave alone what payments itself has said', async () => {
    await expect(payments.hear(say(paymentAuthorized, paymentAuthorized.example))).rejects.toThrow('payments to hear');
  });
});
