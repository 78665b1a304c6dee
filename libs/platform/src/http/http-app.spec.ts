import { EventStoreError } from '@murmuration/event-store';
import { connect, type AddressInfo } from 'node:net';
import { documentGaps, type ApiDocument } from './document-gaps';
import type { Problem } from './problem';
import { startTabs, type TestService } from './service.fixture';

type Reply = {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: Record<string, unknown>;
};

let service: TestService;
beforeEach(async () => {
  service = await startTabs();
});
afterEach(() => service.app.close());

const send = async (
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> => {
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  const sent =
    body === undefined ? { headers } : { payload, headers: { 'content-type': 'application/json', ...headers } };
  const reply = await service.app.inject({ method, url, ...sent });
  const text = reply.payload;
  return {
    status: reply.statusCode,
    headers: reply.headers,
    body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
};
const problemOf = async (reply: Promise<Reply>): Promise<Problem> => {
  const { status, headers, body } = await reply;
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(body.status).toBe(status);
  expect(headers['x-correlation-id']).toBe(body.correlationId);
  return body as unknown as Problem;
};
const openTab = async (headers: Record<string, string> = {}): Promise<string> => {
  const { headers: answered } = await send('POST', '/v1/tabs', { guest: 'Ada' }, headers);
  return String(answered.location);
};
const round = (amount: number) => ({ drinks: [{ name: 'beer', amount }] });

describe('a command over HTTP', () => {
  it('is answered with the aggregate as it left it, its place and its version', async () => {
    const { status, headers, body } = await send('POST', '/v1/tabs', { guest: 'Ada' });
    expect([status, body, headers.etag]).toEqual([201, { guest: 'Ada', total: 0, version: 1 }, '"1"']);
    expect((await send('GET', String(headers.location))).body).toEqual(body);
  });

  it('stores who asked and what it follows from', async () => {
    await send('POST', '/v1/tabs', { guest: 'Ada' }, { 'x-correlation-id': 'corr-1' });
    const [opened] = await service.store.readLog(0, 0, 10);
    expect(opened?.metadata).toMatchObject({ correlationId: 'corr-1', actor: 'anonymous', hop: 0 });
  });

  it('answers a refusal of the rules with its status and its reason', async () => {
    const tab = await openTab();
    await expect(problemOf(send('POST', `${tab}/rounds`, round(101)))).resolves.toMatchObject({
      type: 'urn:problem-type:limit-exceeded',
      title: 'Limit exceeded',
      status: 409,
      detail: 'Limit exceeded: limit 100',
      instance: `${tab}/rounds`,
      rejection: { type: 'LimitExceeded', limit: 100 },
    });
  });

  it('is refused as a whole when two of one moment do not fit together', async () => {
    const tab = await openTab();
    const replies = await Promise.all([
      send('POST', `${tab}/rounds`, round(60)),
      send('POST', `${tab}/rounds`, round(60)),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await send('GET', tab)).body.total).toBe(60);
  });
});

describe('a bad request', () => {
  it('is told every field that is wrong, and what is allowed there', async () => {
    const { status, detail, errors } = await problemOf(
      send('POST', '/v1/tabs/x/rounds', {
        drinks: [{ name: 'gin', amount: 1.5 }, { name: 'beer', amount: 0 }, {}],
        tip: 1,
      }),
    );
    expect(status).toBe(400);
    expect(detail).toContain('drinks[0].name: must be one of beer, cider');
    expect(errors).toEqual([
      { field: 'drinks[0].name', message: 'must be one of beer, cider', allowed: 'beer, cider' },
      { field: 'drinks[0].amount', message: 'must be a whole number', allowed: 'a whole number' },
      { field: 'drinks[1].amount', message: 'must be at least 1', allowed: 'at least 1' },
      { field: 'drinks[2].name', message: 'must be one of beer, cider', allowed: 'beer, cider' },
      { field: 'drinks[2].amount', message: 'is missing', allowed: 'a number' },
      { field: 'tip', message: 'is not known here' },
    ]);
  });

  it('is told how many there must be', async () => {
    const rounds = await problemOf(send('POST', '/v1/tabs/x/rounds', { drinks: [] }));
    expect(rounds.errors).toEqual([
      { field: 'drinks', message: 'must have at least 1 entry', allowed: 'at least 1 entry' },
    ]);
    const { detail } = await problemOf(send('POST', '/v1/tabs', { guest: 'x'.repeat(21) }));
    expect(detail).toBe('guest: must have at most 20 characters');
  });

  it.each([
    ['an enormous number', round(1e300), 'drinks[0].amount'],
    ['a negative one', round(-1), 'drinks[0].amount'],
    ['a text for a number', { drinks: [{ name: 'beer', amount: '1' }] }, 'drinks[0].amount'],
    ['an empty list', { drinks: [] }, 'drinks'],
    ['no object', [], 'body'],
    ['null', 'null', 'body'],
  ])('names the field that holds %s', async (_what, body, field) => {
    const { status, errors } = await problemOf(send('POST', '/v1/tabs/x/rounds', body));
    expect([status, errors?.[0]?.field]).toEqual([400, field]);
  });

  it('names a path or query parameter', async () => {
    const path = await problemOf(send('GET', '/v1/tabs/NO%20ID'));
    expect([path.status, path.errors]).toEqual([
      400,
      [{ field: 'tabId', message: 'must be the id of a tab', allowed: 'text like /^[a-z0-9-]{1,36}$/' }],
    ]);
    const query = await problemOf(send('GET', '/v1/tabs/x?version=1.5'));
    expect([query.status, query.errors?.[0]?.field]).toEqual([400, 'version']);
  });

  it('gets 400 for what is not JSON, and for no body where one is needed', async () => {
    expect((await problemOf(send('POST', '/v1/tabs', '{"guest":'))).status).toBe(400);
    expect((await problemOf(send('POST', '/v1/tabs', '{"__proto__":{"x":1}}'))).status).toBe(400);
    expect((await problemOf(send('POST', '/v1/tabs'))).errors).toMatchObject([
      { field: 'body', message: 'is missing' },
    ]);
    expect((await problemOf(send('POST', '/v1/tabs', ''))).errors).toMatchObject([{ field: 'body' }]);
  });

  it('gets 413 for a body over the limit', async () => {
    const { status, type } = await problemOf(send('POST', '/v1/tabs', { guest: 'x'.repeat(5_000) }));
    expect([status, type]).toEqual([413, 'urn:problem-type:body-too-large']);
  });

  it.each(['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'gets 415 for %s',
    async (type) => {
      const { status } = await problemOf(send('POST', '/v1/tabs', '{"guest":"Ada"}', { 'content-type': type }));
      expect(status).toBe(415);
    },
  );

  it('gets a problem for what is no HTTP, and for headers without end', async () => {
    await service.app.listen(0, '127.0.0.1');
    const { port } = service.app.getHttpServer().address() as AddressInfo; // because it listens on TCP
    const say = async (text: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1');
      socket.end(text);
      const chunks = (await socket.toArray()) as Buffer[]; // because no encoding is set
      return Buffer.concat(chunks).toString();
    };
    for (const [text, status] of [
      ['FLY /v1/tabs HTTP/1.1\r\nhost: x\r\n\r\n', 400],
      [`GET /v1/tabs HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(64 * 1024)}\r\n\r\n`, 431],
    ] as const) {
      const [head = '', body = ''] = (await say(text)).split('\r\n\r\n');
      expect(head).toContain(`HTTP/1.1 ${status} `);
      expect(head).toContain('application/problem+json');
      expect(JSON.parse(body)).toMatchObject({ status, type: 'urn:problem-type:invalid-request' });
    }
  });

  it('gets 405 for a method that is not there, with those that are', async () => {
    const reply = await send('PUT', '/v1/tabs', { guest: 'Ada' }, { 'content-type': 'text/plain' });
    const { status, type, detail } = await problemOf(Promise.resolve(reply));
    expect([status, type, detail]).toEqual([
      405,
      'urn:problem-type:method-not-allowed',
      'PUT is not among the methods of this path: POST',
    ]);
    expect(reply.headers).toMatchObject({ allow: 'POST', 'x-content-type-options': 'nosniff' });
    const { headers } = await send('POST', '/v1/tabs/t-1?x=1');
    expect(String(headers.allow).split(', ').sort()).toEqual(['GET', 'HEAD']);
  });

  it('gets 404 for what is not there', async () => {
    expect((await problemOf(send('GET', '/v1/tabs/none'))).detail).toBe('There is no tab none');
    expect((await problemOf(send('GET', '/v1/nothing?x=1'))).instance).toBe('/v1/nothing');
    expect((await problemOf(send('PUT', '/v1/tabs//rounds', {}))).status).toBe(404);
    expect((await problemOf(send('GET', '/tabs'))).status).toBe(404);
  });

  it('gets 400 for a path that is no text', async () => {
    expect((await problemOf(send('GET', '/v1/tabs/%ff'))).status).toBe(400);
  });

  it('is told when nothing answers in time, and may ask again', async () => {
    const reply = await send('GET', '/v1/tabs/late/t-1');
    const { status, detail } = await problemOf(Promise.resolve(reply));
    expect([status, detail]).toEqual([503, 'There was no answer in time; the outcome is unknown']);
    expect(reply.headers['retry-after']).toBe('5');
    const told = service.log.filter(({ level }) => level === 'warn');
    expect(told).toMatchObject([{ status: 503, msg: detail }]);
    expect(told).not.toMatchObject([{ reason: expect.anything() as unknown }]);
  });

  it('is not told what failed inside, but the log is, under its correlation id', async () => {
    const { status, detail, correlationId } = await problemOf(send('POST', '/v1/tabs/broken'));
    expect([status, detail]).toEqual([500, 'The failure was logged under this correlation id']);
    expect(service.log.find(({ level }) => level === 'error')).toMatchObject({
      correlationId,
      err: { message: 'the password is secret' },
    });
  });
});

describe('a store that cannot be asked', () => {
  it.each([
    ['unavailable', 503, '1'],
    ['overloaded', 503, '1'],
    ['contended', 409, '1'],
    ['closed', 503, '5'],
    ['archived', 410, undefined],
    ['refused', 500, undefined],
  ] as const)('%s is answered with %i', async (code, status, retryAfter) => {
    const { store } = service;
    const failing = await startTabs({
      ...store,
      append: () => Promise.reject(new EventStoreError(code, 'at secret-host')),
    });
    const reply = await failing.app.inject({ method: 'POST', url: '/v1/tabs', payload: { guest: 'Ada' } });
    expect([reply.statusCode, reply.headers['retry-after']]).toEqual([status, retryAfter]);
    expect(reply.payload).not.toContain('secret-host');
    await failing.app.close();
  });
});

describe('correlation ids', () => {
  it('come back as they came, unless they could do harm', async () => {
    expect(
      (await send('GET', '/health/live', undefined, { 'x-correlation-id': 'a.b-1' })).headers['x-correlation-id'],
    ).toBe('a.b-1');
    const { headers } = await send('GET', '/health/live', undefined, { 'x-correlation-id': 'a"b\u{7f}' });
    expect(headers['x-correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'key-1' };

  it('gets the same answer again, also when the aggregate has moved on', async () => {
    const first = await send('POST', '/v1/tabs', { guest: 'Ada' }, key);
    await send('POST', `${String(first.headers.location)}/rounds`, round(10));
    const again = await send('POST', '/v1/tabs', { guest: 'Ada' }, key);
    expect([again.status, again.body, again.headers.etag, again.headers.location]).toEqual([
      ...[first.status, first.body, first.headers.etag, first.headers.location],
    ]);
    expect(await service.store.lastPosition(0)).toBe(2);
  });

  it('gets the same answer from another replica', async () => {
    const first = await send('POST', '/v1/tabs', { guest: 'Ada' }, key);
    const replica = await startTabs(service.store);
    const again = await replica.app.inject({
      method: 'POST',
      url: '/v1/tabs',
      payload: { guest: 'Ada' },
      headers: key,
    });
    await replica.app.close();
    expect([again.statusCode, again.json()]).toEqual([first.status, first.body]);
  });

  it('does not mind the order of keys or white space', async () => {
    const tab = await openTab();
    const one = await send('POST', `${tab}/rounds`, '{"drinks":[{"name":"beer","amount":1}]}', key);
    const two = await send('POST', `${tab}/rounds`, '{ "drinks": [ { "amount": 1, "name": "beer" } ] }', key);
    expect([two.status, two.body]).toEqual([200, one.body]);
  });

  it('is refused with another body', async () => {
    await send('POST', '/v1/tabs', { guest: 'Ada' }, key);
    const { status, type } = await problemOf(send('POST', '/v1/tabs', { guest: 'Eve' }, key));
    expect([status, type]).toEqual([422, 'urn:problem-type:idempotency-key-reused']);
  });

  it('is told to come back while the first request with it is being decided', async () => {
    let goOn = (): void => undefined;
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const { store } = service;
    const slow = await startTabs({ ...store, append: (request) => gate.then(() => store.append(request)) });
    const post = () =>
      slow.app.inject({ method: 'POST', url: '/v1/tabs', payload: { guest: 'Ada' }, headers: { ...key } });
    const first = post();
    const second = await Promise.race([first, post()]);
    expect([second.statusCode, second.headers['retry-after']]).toEqual([409, '1']);
    goOn();
    expect((await first).statusCode).toBe(201);
    expect(await store.lastPosition(0)).toBe(1);
    await slow.app.close();
  });

  it('belongs to one route and one aggregate', async () => {
    const [one, two] = [await openTab(), await openTab()];
    await send('POST', `${one}/rounds`, round(1), key);
    expect((await send('POST', `${two}/rounds`, round(2), key)).body).toMatchObject({ total: 2 });
  });

  it('keeps nothing of a refusal: it is decided anew', async () => {
    const tab = await openTab();
    expect((await send('POST', `${tab}/rounds`, round(101), key)).status).toBe(409);
    expect((await send('POST', `${tab}/rounds`, round(100), key)).status).toBe(200);
  });

  it('is refused when it is empty, too long or no text', async () => {
    for (const bad of ['', 'x'.repeat(256), 'with space']) {
      const { errors } = await problemOf(send('POST', '/v1/tabs', { guest: 'Ada' }, { 'idempotency-key': bad }));
      expect(errors?.[0]?.field).toBe('Idempotency-Key');
    }
  });
});

describe('versions', () => {
  it('a command with If-Match is refused once the aggregate has moved on', async () => {
    const tab = await openTab();
    expect((await send('POST', `${tab}/rounds`, round(1), { 'if-match': '"1"' })).status).toBe(200);
    const { status, type } = await problemOf(send('POST', `${tab}/rounds`, round(1), { 'if-match': '"1"' }));
    expect([status, type]).toEqual([412, 'urn:problem-type:version-differs']);
    expect((await send('POST', `${tab}/rounds`, round(1), { 'if-match': '*' })).status).toBe(200);
  });

  it('of two commands at once on one version, one wins', async () => {
    const tab = await openTab();
    const replies = await Promise.all(
      [1, 2, 3].map((amount) => send('POST', `${tab}/rounds`, round(amount), { 'if-match': '"1"' })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
  });

  it('an If-Match that is no entity tag is named', async () => {
    const tab = await openTab();
    expect((await problemOf(send('POST', `${tab}/rounds`, round(1), { 'if-match': '1' }))).errors?.[0]?.field).toBe(
      'If-Match',
    );
  });

  it('a former version can be asked for; one that is not there yet is not found', async () => {
    const tab = await openTab();
    await send('POST', `${tab}/rounds`, round(5));
    expect((await send('GET', `${tab}?version=1`)).body).toMatchObject({ total: 0, version: 1 });
    const ahead = await problemOf(send('GET', `${tab}?version=3`));
    expect([ahead.status, ahead.detail]).toEqual([404, 'It is at version 2, and has not been at 3']);
  });

  it('who has the newest version already is told so', async () => {
    const tab = await openTab();
    const { status, body } = await send('GET', tab, undefined, { 'if-none-match': '"1"' });
    expect([status, body]).toEqual([304, {}]);
  });
});

describe('what every service has', () => {
  it('health, metrics by route as declared, parked records and OpenAPI', async () => {
    await openTab();
    expect((await send('GET', '/health/ready')).body).toEqual({
      status: 'up',
      components: { database: { status: 'up' } },
    });
    expect((await send('GET', '/v1/parked')).body).toEqual({ total: 0, records: [] });
    expect((await problemOf(send('GET', '/v1/parked/g:t:0:1'))).status).toBe(404);
    const metrics = (await service.app.inject({ method: 'GET', url: '/metrics' })).payload;
    expect(metrics).toContain(
      'http_request_duration_seconds_count{service="tabs",method="POST",route="/v1/tabs",status="201"} 1',
    );
    expect(metrics).toMatch(/murmuration_commands_total\{command="OpenTab",outcome="accepted",.*\} 1/);
    const docs = await send('GET', '/docs-json');
    expect(docs.body.paths).toMatchObject({
      '/v1/tabs': {
        post: {
          requestBody: { content: { 'application/json': { schema: { properties: { guest: { maxLength: 20 } } } } } },
        },
      },
    });
    expect((await service.app.inject({ method: 'GET', url: '/docs' })).payload).toContain('<title>Tabs</title>');
  });

  it('documents what every route answers, problems among it', async () => {
    const { body } = await send('GET', '/docs-json');
    expect(documentGaps(body as ApiDocument)).toEqual([]);
    const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
    expect(body).toMatchObject({
      paths: { '/v1/tabs/{tabId}': { get: { responses: { 404: { content: problem } } } } },
      components: { schemas: { Problem: { required: expect.arrayContaining(['type', 'detail']) as unknown } } },
    });
  });

  it('sends security headers', async () => {
    expect((await send('GET', '/health/live')).headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("default-src 'self'") as string,
    });
  });
});
