import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findLastingViolations, findViolations, type Examination } from './invariants';

type Answers = Readonly<Record<string, unknown>>;

const ORDER = 'o-1';

/** One delivered order of two kettles, as all services tell it. */
const SOUND: Answers = {
  [`/orders/v1/orders/${ORDER}`]: { status: 'delivered' },
  [`/projections/v1/orders/${ORDER}`]: { status: 'delivered' },
  [`/payments/v1/payments/${ORDER}`]: { authorizedMinor: 500, capturedMinor: 500, voidedMinor: 0, refundedMinor: 0 },
  [`/shipping/v1/shipments/${ORDER}`]: { status: 'delivered', bookings: 1 },
  [`/inventory/v1/reservations/${ORDER}`]: { status: 'committed' },
  '/inventory/v1/stock/KETTLE': { received: 10, adjusted: 0, held: 0, committed: 2, available: 8 },
  '/projections/v1/views/check': { compared: 2, differing: [], findings: [] },
  ...Object.fromEntries(
    ['orders', 'inventory', 'payments', 'shipping', 'projections'].map((name) => [
      `/${name}/v1/parked`,
      { records: [] },
    ]),
  ),
};

/** The same order, undone. */
const CANCELLED: Answers = {
  ...SOUND,
  [`/orders/v1/orders/${ORDER}`]: { status: 'cancelled' },
  [`/projections/v1/orders/${ORDER}`]: { status: 'cancelled' },
  [`/payments/v1/payments/${ORDER}`]: { authorizedMinor: 500, capturedMinor: 0, voidedMinor: 500, refundedMinor: 0 },
  [`/shipping/v1/shipments/${ORDER}`]: { status: 'refused', bookings: 0 },
  [`/inventory/v1/reservations/${ORDER}`]: { status: 'released' },
  '/inventory/v1/stock/KETTLE': { received: 10, adjusted: 0, held: 0, committed: 0, available: 10 },
};

describe('the invariants, by the services’ own APIs', () => {
  let server: Server;
  let answers: (path: string) => unknown = () => undefined;
  let base = '';
  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      const body = answers(url);
      response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? {}));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close().closeAllConnections());

  const examination = (committed: number, more: Partial<Examination> = {}): Examination => ({
    urls: {
      orders: [`${base}/orders`],
      inventory: [`${base}/inventory`],
      payments: [`${base}/payments`],
      shipping: [`${base}/shipping`],
      projections: [`${base}/projections`],
    },
    orderIds: [ORDER],
    stock: [{ sku: 'KETTLE', received: 10, committed }],
    whyNotHealthy: () => Promise.resolve(undefined),
    ...more,
  });

  const findings = async (told: Answers, committed = told === SOUND ? 2 : 0): Promise<readonly string[]> => {
    answers = (path) => told[path];
    const found = await findViolations(examination(committed));
    return found.map(({ invariant, about, finding }) => `${invariant}: ${about} ${finding}`);
  };
  const delivered = (path: string, answer: unknown) => findings({ ...SOUND, [path]: answer }, 2);
  const cancelled = (path: string, answer: unknown) => findings({ ...CANCELLED, [path]: answer }, 0);

  it('hold for a delivered order and for an undone one', async () => {
    await expect(findings(SOUND)).resolves.toEqual([]);
    await expect(findings(CANCELLED)).resolves.toEqual([]);
  });

  it('hold for an order that was rejected before anybody else heard of it', async () => {
    const rejected = {
      ...CANCELLED,
      [`/orders/v1/orders/${ORDER}`]: { status: 'rejected' },
      [`/projections/v1/orders/${ORDER}`]: { status: 'rejected' },
      [`/payments/v1/payments/${ORDER}`]: undefined,
      [`/shipping/v1/shipments/${ORDER}`]: undefined,
      [`/inventory/v1/reservations/${ORDER}`]: undefined,
    };
    await expect(findings(rejected, 0)).resolves.toEqual([]);
  });

  const payment = `/payments/v1/payments/${ORDER}`;
  const money = { authorizedMinor: 500, capturedMinor: 500, voidedMinor: 0, refundedMinor: 0 };

  it('I1: captured and voided are what was authorised', async () => {
    await expect(delivered(payment, { ...money, voidedMinor: 500 })).resolves.toEqual([
      'I1: order o-1 captured 500 + voided 500 is not authorised 500',
    ]);
  });

  it('I1: no more is refunded than was captured', async () => {
    await expect(delivered(payment, { ...money, refundedMinor: 501 })).resolves.toEqual([
      'I1: order o-1 refunded 501 of captured 500',
    ]);
  });

  it('I1: nothing is kept without a dispatch', async () => {
    await expect(cancelled(payment, { ...money, refundedMinor: 100 })).resolves.toEqual([
      'I1: order o-1 kept 400 without a dispatch',
    ]);
    await expect(cancelled(payment, { ...money, refundedMinor: 500 })).resolves.toEqual([]);
  });

  const stock = '/inventory/v1/stock/KETTLE';
  const ledger = { received: 10, adjusted: 0, held: 0, committed: 2, available: 8 };

  it('I2: the ledger of a SKU adds up', async () => {
    await expect(delivered(stock, { ...ledger, available: 7 })).resolves.toEqual([
      'I2: SKU KETTLE has available 7 + held 0 + committed 2, not received 10 + 0',
    ]);
  });

  it('I2: no count is below zero', async () => {
    await expect(delivered(stock, { ...ledger, received: 10, committed: 2, held: 9, available: -1 })).resolves.toEqual([
      'I2: SKU KETTLE has -1 available',
      'I2: SKU KETTLE has 9 held though every order has ended',
    ]);
  });

  it('I2: what was received counts once, and so does what was delivered', async () => {
    await expect(delivered(stock, { ...ledger, received: 20, available: 18 })).resolves.toEqual([
      'I2: SKU KETTLE was received 10 times and counts 20',
    ]);
    await expect(delivered(stock, { ...ledger, committed: 4, available: 6 })).resolves.toEqual([
      'I2: SKU KETTLE was delivered 2 times and counts 4',
    ]);
  });

  it('I2: an undone order holds no stock', async () => {
    await expect(cancelled(`/inventory/v1/reservations/${ORDER}`, { status: 'held' })).resolves.toEqual([
      'I2: order o-1 is cancelled and still holds stock',
    ]);
  });

  it('I3: an order has one shipment at most', async () => {
    await expect(delivered(`/shipping/v1/shipments/${ORDER}`, { status: 'delivered', bookings: 2 })).resolves.toEqual([
      'I3: order o-1 has 2 shipments',
    ]);
  });

  it('I4: every order has ended', async () => {
    const told = {
      ...CANCELLED,
      [`/orders/v1/orders/${ORDER}`]: { status: 'compensating' },
      [`/projections/v1/orders/${ORDER}`]: { status: 'compensating' },
    };
    await expect(findings(told, 0)).resolves.toEqual(['I4: order o-1 is still compensating']);
  });

  it('I5: an accepted order and received stock are not lost', async () => {
    await expect(delivered(`/orders/v1/orders/${ORDER}`, undefined)).resolves.toEqual([
      'I5: order o-1 was accepted and is gone',
    ]);
    await expect(delivered(stock, undefined)).resolves.toEqual(['I5: SKU KETTLE was received and is gone']);
  });

  it('I5: no record is parked', async () => {
    const records = [{ id: 'p-1', reason: 'undecodable' }];
    await expect(delivered('/shipping/v1/parked', { records })).resolves.toEqual([
      'I5: shipping has parked p-1: undecodable',
    ]);
  });

  it('I5: no service stands still', async () => {
    answers = (path) => SOUND[path];
    const whyNotHealthy = (url: string) =>
      Promise.resolve(url.endsWith('/payments') ? 'consumer: records have been missing for too long' : undefined);
    await expect(findViolations(examination(2, { whyNotHealthy }))).resolves.toEqual([
      {
        ...{ invariant: 'I5', about: 'payments' },
        finding: 'is not well: consumer: records have been missing for too long',
      },
    ]);
  });

  it('I6: the views are what the archive makes of them, and there are some', async () => {
    const check = '/projections/v1/views/check';
    const finding = { invariant: 'I1', about: 'o-1', finding: 'captured twice' };
    await expect(delivered(check, { compared: 2, differing: ['o-1'], findings: [finding] })).resolves.toEqual([
      'I6: view of o-1 differs from the one rebuilt from the archive',
      'I1: o-1 captured twice',
    ]);
    await expect(delivered(check, { compared: 0, differing: [], findings: [] })).resolves.toEqual([
      'I6: projections no view could be compared',
    ]);
  });

  it('I7: an undone order has no parcel on its way', async () => {
    const told = { ...CANCELLED, [`/shipping/v1/shipments/${ORDER}`]: { status: 'dispatched', bookings: 1 } };
    await expect(findings(told, 0)).resolves.toEqual(['I7: order o-1 is cancelled with a parcel on its way']);
  });

  it('I7: a delivered order was shipped, paid and taken from stock', async () => {
    const told = {
      ...SOUND,
      [payment]: undefined,
      [`/shipping/v1/shipments/${ORDER}`]: { status: 'dispatched', bookings: 1 },
      [`/inventory/v1/reservations/${ORDER}`]: { status: 'held' },
    };
    await expect(findings(told, 2)).resolves.toEqual([
      'I7: order o-1 is delivered, and its shipment is dispatched',
      'I7: order o-1 is delivered, and nothing was captured',
      'I7: order o-1 is delivered, and its reservation is held',
    ]);
  });

  it('I7: the customer is shown what orders has decided', async () => {
    await expect(delivered(`/projections/v1/orders/${ORDER}`, { status: 'cancelled' })).resolves.toEqual([
      'I7: order o-1 is delivered for orders and cancelled for projections',
    ]);
    await expect(delivered(`/projections/v1/orders/${ORDER}`, undefined)).resolves.toEqual([
      'I7: order o-1 is delivered for orders and unknown for projections',
    ]);
  });

  it('take no answer for proof that lacks what is checked', async () => {
    await expect(delivered(payment, { ...money, capturedMinor: undefined })).rejects.toThrow(/without capturedMinor/);
  });

  it('are broken only by what is still so after the flock had time to come to rest', async () => {
    let looks = 0;
    const unrest = { status: 'shipped' };
    answers = (path) => (path.endsWith(`/v1/orders/${ORDER}`) && ++looks <= 4 ? unrest : SOUND[path]);
    await expect(findLastingViolations(examination(2), { pollMs: 1 })).resolves.toEqual([]);
    answers = (path) => (path.endsWith(`/v1/orders/${ORDER}`) ? unrest : SOUND[path]);
    await expect(findLastingViolations(examination(2), { withinMs: 5, pollMs: 1 })).resolves.toEqual([
      { invariant: 'I4', about: 'order o-1', finding: 'is still shipped' },
    ]);
  });
});
