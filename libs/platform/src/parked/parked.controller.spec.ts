import { instant } from '@murmuration/kernel';
import type { ParkedRecord } from '@murmuration/messaging';
import { startTabs, type TestService } from '../http/service.fixture';

let service: TestService;
beforeEach(async () => {
  service = await startTabs();
  const claim = await service.inbox.claim('tabs', 'bars.events.v1', 0, 'me');
  await service.inbox.commit({
    ...{ claim, sequence: 1, nextOffset: '9', watermarks: new Map(), settled: [] },
    parked: PARKED,
    append: { checks: [], events: [] },
  });
});
afterEach(() => service.app.close());

const record = (offset: number, overrides: Partial<ParkedRecord> = {}): ParkedRecord => ({
  ...{ id: `tabs:bars.events.v1:0:${offset}`, topic: 'bars.events.v1', partition: 0, offset: String(offset) },
  ...{ key: 'tab-1', value: Buffer.from('{}'), headers: { ce_id: 'e' }, reason: 'refused: Closed', kind: 'failed' },
  ...{ holdsKey: true, parkedAt: instant('2026-03-01T09:30:00.000Z') },
  ...overrides,
});
const PARKED = [record(1), record(2, { kind: 'queued' }), record(3, { key: 'tab-2' }), record(4, { key: 'tab-3' })];
const ids = PARKED.map(({ id }) => id);

type Json = Readonly<Record<string, unknown>>;
const send = async (method: 'GET' | 'POST', path: string, payload?: object) => {
  const answer = await service.app.inject({ method, url: `/v1${path}`, ...(payload === undefined ? {} : { payload }) });
  return { status: answer.statusCode, body: answer.json<Json>() };
};
const wished = async (): Promise<readonly string[]> =>
  (await service.inbox.listWishes('tabs')).map(({ record: { id }, wish }) => `${wish} ${id}`);

describe('parked records over HTTP', () => {
  it('are listed by what they are', async () => {
    expect((await send('GET', '/parked?kind=queued')).body.records).toMatchObject([{ id: ids[1] }]);
    expect((await send('GET', '/parked?key=tab-2')).body.records).toMatchObject([{ id: ids[2] }]);
    expect((await send('GET', '/parked?topic=other')).body).toEqual({ total: 4, records: [] });
    for (const odd of ['kind=odd', 'key=', 'key=%00']) expect((await send('GET', `/parked?${odd}`)).status).toBe(400);
  });

  it('54: are all wished to be redriven, twice without harm', async () => {
    for (const _ of [1, 2])
      expect(await send('POST', '/parked/redrive', {})).toEqual({
        status: 202,
        body: { wish: 'redrive', noted: 4, ids },
      });
    expect(await wished()).toEqual(ids.map((id) => `redrive ${id}`));
    expect(await service.inbox.readTrail(ids[0]!)).toHaveLength(2);
  });

  it('are redriven as far as they fit, a bounded number at a time', async () => {
    expect((await send('POST', '/parked/redrive', { key: 'tab-2' })).body).toMatchObject({ noted: 1, ids: [ids[2]] });
    const { body } = await send('POST', '/parked/redrive', { kind: 'failed', limit: 2 });
    expect(body).toMatchObject({ noted: 2, ids: [ids[0], ids[2]], next: ids[2] });
    const rest = await send('POST', '/parked/redrive', { kind: 'failed', limit: 2, after: ids[2] });
    expect(rest.body).toEqual({ wish: 'redrive', noted: 1, ids: [ids[3]] });
    expect((await send('POST', '/parked/redrive', { limit: 100_000 })).status).toBe(400);
    expect((await send('POST', '/parked/redrive', { keys: ['tab-1'] })).status).toBe(400);
  });

  it('54: show who wanted what of them', async () => {
    const at = `/parked/${encodeURIComponent(ids[0]!)}`;
    expect((await send('GET', `${at}/trail`)).body).toEqual({ id: ids[0], parked: true, entries: [] });
    await send('POST', `${at}/redrive`);
    await send('POST', `${at}/discard`);
    expect((await send('GET', `${at}/trail`)).body).toMatchObject({
      parked: true,
      entries: [
        { actor: 'anonymous', action: 'redrive', at: '2026-03-01T09:30:00.000Z' },
        { actor: 'anonymous', action: 'discard' },
      ],
    });
    expect((await send('GET', '/parked/nobody/trail')).status).toBe(404);
  });
});
