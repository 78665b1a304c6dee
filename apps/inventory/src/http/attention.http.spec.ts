import { say, shipmentDispatched } from '@murmuration/contracts';
import { instant } from '@murmuration/kernel';
import { serviceOnMemory } from '@murmuration/platform';
import { inventoryService } from '../inventory.module';

const NOW = instant('2026-03-01T09:30:00.000Z');
const start = () => serviceOnMemory(inventoryService(), { now: () => NOW });

let inventory: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  inventory = await start();
  await inventory.send('POST', '/stock/TEA/receipts', { quantity: 10 });
});
afterAll(() => inventory.close());

const mira = { actor: 'mira', reason: 'counted: the goods are gone' };
const lines = [{ sku: 'TEA', quantity: 3 }];
const act = (orderId: string, action: string, body: unknown) =>
  inventory.send('POST', `/reservations/${orderId}/attention/${action}`, body);

let orders = 0;
/** A parcel left for an order of which inventory never heard. */
const disputed = async (): Promise<string> => {
  const orderId = `o-${++orders}`;
  await inventory.hear(say(shipmentDispatched, { orderId, dispatchedAt: NOW }));
  return orderId;
};

describe('a parcel that left without a hold', () => {
  it('is shown as disputed, with the reason', async () => {
    const { body } = await inventory.send('GET', `/reservations/${await disputed()}`);
    const reason = 'the parcel left, but its reservation is absent';
    expect(body).toMatchObject({ status: 'disputed', reason, since: expect.any(String) as unknown });
  });

  it('is taken out of what is available', async () => {
    const { status, body } = await act(await disputed(), 'retry', { ...mira, lines });
    expect([status, body]).toMatchObject([200, { status: 'committed', lines }]);
    expect((await inventory.send('GET', '/stock/TEA')).body).toMatchObject({ available: 7, held: 0, committed: 3 });
  });

  it('is settled by hand', async () => {
    const { status, body } = await act(await disputed(), 'resolve', mira);
    expect([status, body.status]).toEqual([200, 'settled']);
  });

  it('is not taken where it is short', async () => {
    const { status, body } = await act(await disputed(), 'retry', { ...mira, lines: [{ sku: 'POT', quantity: 1 }] });
    const short = { sku: 'POT', requested: 1, available: 0, known: false };
    expect([status, body.rejection]).toEqual([409, { type: 'StockShort', lines: [short] }]);
  });

  it('is nothing that an order has which was not heard of yet', async () => {
    for (const [action, body] of [
      ['retry', { ...mira, lines }],
      ['resolve', mira],
    ] as const) {
      const reply = await act('o-nobody', action, body);
      const rejection = { type: 'OrderNotHeardOfYet', orderId: 'o-nobody' };
      expect([reply.status, reply.body]).toMatchObject([
        404,
        {
          type: 'urn:problem-type:order-not-heard-of-yet',
          detail: 'Order not heard of yet: orderId o-nobody',
          rejection,
        },
      ]);
    }
  });

  it.each<[string, string, unknown, string]>([
    ['no lines', 'retry', mira, 'lines'],
    ['an empty list of lines', 'retry', { ...mira, lines: [] }, 'lines'],
    ['a quantity of zero', 'retry', { ...mira, lines: [{ sku: 'TEA', quantity: 0 }] }, 'lines[0].quantity'],
    ['no name', 'resolve', { reason: 'x' }, 'actor'],
    ['no reason', 'resolve', { actor: 'mira' }, 'reason'],
    ['no body', 'resolve', undefined, 'body'],
  ])('is not handled with %s, which is refused by name', async (_, action, body, field) => {
    const { status, fields } = await act('o-1', action, body);
    expect([status, fields]).toEqual([400, [field]]);
  });
});
