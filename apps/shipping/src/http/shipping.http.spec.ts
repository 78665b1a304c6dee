import { paymentAuthorized } from '@murmuration/contracts';
import { EventStoreError } from '@murmuration/event-store';
import { type ApiDocument, documentGaps, memoryStorage } from '@murmuration/platform';
import { NOW, shippingForTests } from '../shipping.fixture';

const { expiresAt: authorizedUntil } = paymentAuthorized.example;

let shipping: Awaited<ReturnType<typeof shippingForTests>>;
beforeAll(async () => {
  shipping = await shippingForTests();
});
afterAll(() => shipping.close());

const send: typeof shipping.send = (...request) => shipping.send(...request);
const shown = async (orderId: string) => (await send('GET', `/shipments/${orderId}`)).body;
const results = async (...notices: readonly unknown[]) => (await shipping.tell(...notices)).body.results;

describe('a shipment', () => {
  it('is asked for when the order and its payment are known', async () => {
    const orderId = await shipping.asked();
    expect(await shown(orderId)).toEqual({ orderId, version: 2, status: 'booking', bookings: 0, authorizedUntil });
  });

  it('is booked, dispatched and delivered, each of them once', async () => {
    const { orderId, carrierReference } = await shipping.booked();
    const booked = { status: 'booked', bookings: 1, carrierReference, authorizedUntil };
    expect(await shown(orderId)).toEqual({ orderId, version: 3, ...booked });
    const { status, headers, body } = await send('POST', `/shipments/${orderId}/dispatch`);
    expect([status, headers.etag, body.status, body.dispatchedAt]).toEqual([200, '"4"', 'dispatched', NOW]);
    expect((await send('POST', `/shipments/${orderId}/dispatch`)).body.version).toBe(4);
    expect((await send('POST', `/shipments/${orderId}/deliver`)).body).toMatchObject({
      status: 'delivered',
      version: 5,
    });
    expect((await send('POST', `/shipments/${orderId}/deliver`)).body.version).toBe(5);
  });

  it('is refused with the word of the carrier', async () => {
    const orderId = await shipping.asked();
    await shipping.report(orderId, { outcome: 'refused', reason: 'country_not_served' });
    expect(await shown(orderId)).toMatchObject({ status: 'refused', reason: 'country_not_served', bookings: 0 });
  });

  it('is cancelled or dispatched, never both', async () => {
    const [cancelled, dispatched] = [await shipping.booked(), await shipping.booked()];
    await shipping.cancel(cancelled.orderId);
    const late = await send('POST', `/shipments/${cancelled.orderId}/dispatch`);
    expect([late.status, late.body.rejection]).toEqual([
      409,
      { type: 'ShipmentClosed', orderId: cancelled.orderId, status: 'cancelled' },
    ]);
    await send('POST', `/shipments/${dispatched.orderId}/dispatch`);
    await shipping.cancel(dispatched.orderId);
    expect(await shown(dispatched.orderId)).toMatchObject({ status: 'dispatched' });
  });

  it('has one winner when both come at one moment', async () => {
    const { orderId } = await shipping.booked();
    const [{ status }] = await Promise.all([send('POST', `/shipments/${orderId}/dispatch`), shipping.cancel(orderId)]);
    expect([status, (await shown(orderId)).status]).toEqual(status === 200 ? [200, 'dispatched'] : [409, 'cancelled']);
  });

  it('never shows the address', async () => {
    expect(JSON.stringify(await shown(await shipping.asked()))).not.toContain('Lindengasse');
  });

  it('is dispatched at the version that If-Match names', async () => {
    const { orderId } = await shipping.booked();
    const dispatch = (version: number) =>
      send('POST', `/shipments/${orderId}/dispatch`, undefined, { 'if-match': `"${version}"` });
    expect((await dispatch(2)).status).toBe(412);
    expect((await dispatch(3)).status).toBe(200);
  });
});

describe('a command in the wrong state', () => {
  it('is refused with that state', async () => {
    const [orderId, status] = [await shipping.asked(), 'booking'];
    const dispatch = await send('POST', `/shipments/${orderId}/dispatch`);
    expect([dispatch.status, dispatch.body.rejection]).toEqual([409, { type: 'NotBooked', orderId, status }]);
    const deliver = await send('POST', `/shipments/${orderId}/deliver`);
    expect([deliver.status, deliver.body.rejection]).toEqual([409, { type: 'NotDispatched', orderId, status }]);
  });

  it('finds nothing of an order that was never heard of', async () => {
    const [orderId, type] = ['o-nobody', 'OrderNotHeardOfYet'];
    for (const action of ['dispatch', 'deliver']) {
      const reply = await send('POST', `/shipments/${orderId}/${action}`);
      expect([reply.status, reply.body.rejection]).toEqual([404, { type, orderId }]);
    }
    expect((await send('GET', `/shipments/${orderId}`)).status).toBe(404);
  });
});

describe('notices of the carrier', () => {
  it('are answered one by one, in their order', async () => {
    const [one, other] = [await shipping.booked(), await shipping.booked()];
    await shipping.cancel(other.orderId);
    expect(
      await results(
        { ...shipping.notice(one, 'handed-over'), eventId: 'a' },
        { ...shipping.notice(other, 'handed-over'), eventId: 'b' },
        { ...shipping.notice(one, 'delivered'), eventId: 'c' },
        { ...shipping.notice({ orderId: 'o-nobody', carrierReference: 'CR' }, 'handed-over'), eventId: 'd' },
      ),
    ).toEqual([
      { eventId: 'a', status: 200 },
      { eventId: 'b', status: 409, reason: 'ShipmentClosed' },
      { eventId: 'c', status: 200 },
      { eventId: 'd', status: 409, reason: 'NotBooked' },
    ]);
    expect(await shown(one.orderId)).toMatchObject({ status: 'delivered', version: 5 });
  });

  it('count once, in one request or in several', async () => {
    const booking = await shipping.booked();
    const notice = shipping.notice(booking, 'handed-over');
    expect(await results(notice, notice)).toEqual([notice, notice].map(({ eventId }) => ({ eventId, status: 200 })));
    expect(await results(notice)).toEqual([{ eventId: notice.eventId, status: 200 }]);
    expect((await shown(booking.orderId)).version).toBe(4);
  });

  it('about a parcel that is not ours are refused', async () => {
    const { orderId } = await shipping.booked();
    const refused = [{ status: 409, reason: 'NotOurBooking' }];
    const other = { orderId, carrierReference: 'CR-OTHER' };
    expect(await results(shipping.notice(other, 'handed-over'))).toMatchObject(refused);
    await send('POST', `/shipments/${orderId}/dispatch`);
    expect(await results(shipping.notice(other, 'delivered'))).toMatchObject(refused);
    expect(await shown(orderId)).toMatchObject({ status: 'dispatched' });
  });

  it('tell of a booking whose answer was never heard', async () => {
    const orderId = await shipping.asked();
    await shipping.tell(shipping.notice({ orderId, carrierReference: 'CR-1' }, 'handed-over'));
    expect(await shown(orderId)).toMatchObject({ status: 'dispatched', carrierReference: 'CR-1' });
  });

  it('with one id for two parcels are two notices', async () => {
    const bookings = [await shipping.booked(), await shipping.booked()];
    const notices = bookings.map((booking) => ({ ...shipping.notice(booking, 'handed-over'), eventId: 'n-same' }));
    expect(await results(...notices)).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(
      await results(...bookings.map((booking) => ({ ...shipping.notice(booking, 'delivered'), eventId: 'n-same' }))),
    ).toMatchObject([{ status: 200 }, { status: 200 }]);
  });

  it('need neither an idempotency key nor a version', async () => {
    const notice = shipping.notice(await shipping.booked(), 'handed-over');
    const headers = { 'idempotency-key': 'k-1', 'if-match': '"99"' };
    const { status, body } = await send('POST', '/webhooks/carrier', [notice], headers);
    expect([status, body.results]).toEqual([200, [{ eventId: notice.eventId, status: 200 }]]);
  });

  it('that cannot be stored now are to be said again, never taken for refused', async () => {
    const storage = memoryStorage();
    let isAway = false;
    const append: typeof storage.store.append = (request) =>
      isAway ? Promise.reject(new EventStoreError('contended', 'others kept winning')) : storage.store.append(request);
    const unlucky = await shippingForTests({ ...storage, store: { ...storage.store, append } });
    const notice = unlucky.notice(await unlucky.booked(), 'handed-over');
    isAway = true;
    expect((await unlucky.tell(notice)).body.results).toEqual([
      { eventId: notice.eventId, status: 503, reason: 'contended' },
    ]);
    isAway = false;
    expect((await unlucky.tell(notice)).body.results).toEqual([{ eventId: notice.eventId, status: 200 }]);
    await unlucky.close();
  });

  const sound = { eventId: 'n-0', orderId: 'o-1', carrierReference: 'CR', event: 'delivered', occurredAt: NOW };
  it.each<[string, unknown, string]>([
    ['no id', [{ ...sound, eventId: '' }], '[0].eventId'],
    ['an order id that is none', [sound, { ...sound, orderId: 'a b' }], '[1].orderId'],
    ['an event that nobody knows', [{ ...sound, event: 'lost' }], '[0].event'],
    ['a time that is none', [{ ...sound, occurredAt: 'yesterday' }], '[0].occurredAt'],
    ['an endless reference', [{ ...sound, carrierReference: 'x'.repeat(81) }], '[0].carrierReference'],
    ['a field that nobody knows', [{ ...sound, weight: 1 }], '[0].weight'],
    ['no list', sound, 'body'],
    ['an empty list', [], 'body'],
    ['too long a list', Array.from({ length: 201 }, () => sound), 'body'],
    ['no body', undefined, 'body'],
  ])('with %s are refused by name', async (_what, body, field) => {
    const { status, fields } = await send('POST', '/webhooks/carrier', body);
    expect([status, fields]).toEqual([400, [field]]);
  });
});

describe('bad input', () => {
  it('names an order id that is none', async () => {
    expect((await send('GET', '/shipments/a%20b')).fields).toEqual(['orderId']);
    expect((await send('POST', '/shipments/%00/dispatch')).fields).toEqual(['orderId']);
  });

  it('gets 413 for ten megabytes, 400 for no JSON, 415 for another content type', async () => {
    for (const path of ['/webhooks/carrier', '/shipments/o-1/dispatch']) {
      expect((await send('POST', path, JSON.stringify('x'.repeat(10 * 1024 * 1024)))).status).toBe(413);
      expect((await send('POST', path, '[{')).status).toBe(400);
      expect((await send('POST', path, 'a,b', { 'content-type': 'text/csv' })).status).toBe(415);
    }
  });
});

describe('an idempotency key', () => {
  it('gives the same answer to a dispatch, also after the delivery', async () => {
    const { orderId } = await shipping.booked();
    const dispatch = (body?: unknown) =>
      send('POST', `/shipments/${orderId}/dispatch`, body, { 'idempotency-key': 'dispatch-42' });
    const first = await dispatch();
    await send('POST', `/shipments/${orderId}/deliver`);
    expect((await dispatch()).body).toEqual(first.body);
    expect((await dispatch({ by: 'bike' })).status).toBe(422);
  });
});

it('the OpenAPI document says of every route what it answers', async () => {
  const document = await shipping.app.inject({ method: 'GET', url: '/docs-json' });
  expect(documentGaps(document.json<ApiDocument>())).toEqual([]);
});
