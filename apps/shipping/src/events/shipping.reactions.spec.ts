import {
  orderCancellationRequested,
  orderSubmitted,
  paymentAuthorized,
  say,
  shipmentBooked,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { heardBy } from '@murmuration/platform';
import { shippingForTests } from '../shipping.fixture';

let shipping: Awaited<ReturnType<typeof shippingForTests>>;
beforeAll(async () => {
  shipping = await shippingForTests();
});
afterAll(() => shipping.close());

const outcomes = async (event: IntegrationEvent): Promise<readonly string[]> =>
  (await shipping.hear(event)).map((ended) => (ended.outcome === 'rejected' ? ended.rejection.type : ended.outcome));
const statusOf = async (orderId: string) => (await shipping.send('GET', `/shipments/${orderId}`)).body.status;

describe('the reactions of shipping', () => {
  it('are bound to every event that its steps hear', () => {
    expect([...heardBy('shipping')].sort()).toEqual(
      [orderCancellationRequested, orderSubmitted, paymentAuthorized].map(({ name }) => name).sort(),
    );
  });

  it('ask for the booking whichever of the order and its payment is heard first', async () => {
    await shipping.hear(say(paymentAuthorized, { ...paymentAuthorized.example, orderId: 'o-reversed' }));
    expect(await statusOf('o-reversed')).toBe('authorization-noted');
    await shipping.hear(say(orderSubmitted, { ...orderSubmitted.example, orderId: 'o-reversed' }));
    expect(await statusOf('o-reversed')).toBe('booking');
  });

  it('refuse what came too late as stale: the cancellation overtook the payment', async () => {
    const orderId = 'o-overtaken';
    await shipping.cancel(orderId);
    expect(await outcomes(say(paymentAuthorized, { ...paymentAuthorized.example, orderId }))).toEqual([
      'ShipmentClosed',
    ]);
    expect(await statusOf(orderId)).toBe('cancelled');
  });

  it('leave alone what shipping itself has said', async () => {
    await expect(shipping.hear(say(shipmentBooked, shipmentBooked.example))).rejects.toThrow('shipping to hear');
  });
});
