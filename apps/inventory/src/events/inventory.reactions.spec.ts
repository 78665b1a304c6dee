import {
  orderSubmitted,
  paymentDeclined,
  paymentRefunded,
  paymentVoided,
  say,
  shipmentDispatched,
  stockReserved,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { heardBy, serviceOnMemory } from '@murmuration/platform';
import { inventoryService } from '../inventory.module';

let inventory: Awaited<ReturnType<typeof start>>;
const start = () => serviceOnMemory(inventoryService());
beforeAll(async () => {
  inventory = await start();
});
afterAll(() => inventory.close());

const ORDER = orderSubmitted.example.orderId;
const outcomes = async (event: IntegrationEvent): Promise<readonly string[]> =>
  (await inventory.hear(event)).map((ended) => (ended.outcome === 'rejected' ? ended.rejection.type : ended.outcome));

describe('the reactions of inventory', () => {
  it('are bound to every event that its steps hear', () => {
    expect([...heardBy('inventory')].sort()).toEqual(
      [orderSubmitted, paymentDeclined, paymentRefunded, paymentVoided, shipmentDispatched]
        .map(({ name }) => name)
        .sort(),
    );
  });

  it('refuse what came too late as stale: the release overtook the reservation', async () => {
    expect(await outcomes(say(paymentVoided, { ...paymentVoided.example, held: false }))).toEqual(['accepted']);
    expect(await outcomes(say(orderSubmitted, orderSubmitted.example))).toEqual(['ReservationClosed']);
    expect((await inventory.send('GET', `/reservations/${ORDER}`)).body).toMatchObject({ status: 'released' });
  });

  it('make nothing of money given back for a return', async () => {
    expect(await outcomes(say(paymentRefunded, { ...paymentRefunded.example, cause: 'return' }))).toEqual([]);
  });

  it('ask a person when a parcel left whose stock was not held', async () => {
    const dispatched = say(shipmentDispatched, { ...shipmentDispatched.example, orderId: 'o-not-held' });
    expect(await outcomes(dispatched)).toEqual(['accepted']);
    expect((await inventory.send('GET', '/reservations/o-not-held')).body).toMatchObject({ status: 'disputed' });
  });

  it('leave alone what inventory itself has said', async () => {
    await expect(inventory.hear(say(stockReserved, stockReserved.example))).rejects.toThrow('inventory to hear');
  });
});
