import type { DemoOrder, DemoStock } from './orders-file';

/** The services' addresses, one of several replicas each. */
export type FlockUrls = {
  readonly orders: readonly string[];
  readonly inventory: readonly string[];
  readonly projections: readonly string[];
};

/** An order as the projections show it. Instants are ISO 8601. */
export type OrderView = {
  readonly orderId: string;
  readonly status: string;
  readonly reason?: string;
  readonly detail?: string;
  readonly submittedAt?: string;
  readonly finalAt?: string;
};

export type Timeline = {
  readonly entries: readonly {
    readonly time: string;
    readonly service: string;
    readonly event: string;
    readonly meaning: string;
  }[];
};

/** RFC 9457, as the services tell it. */
type Problem = { readonly type?: string; readonly detail?: string; readonly rejection?: { readonly type: string } };

const BUSY = new Set(['urn:problem-type:in-progress', 'urn:problem-type:contended']);

/** How a request ended: its body, or the problem that the service told. */
export type Answer<Body> =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly status: number; readonly problem: Problem };

const ATTEMPTS_MAX = 40;
const ATTEMPT_PAUSE_MS = 250;
const REQUEST_TIMEOUT_MS = 10_000;

const request = async <Body>(
  url: string,
  init: { readonly method: string; readonly key?: string; readonly body?: unknown },
): Promise<Answer<Body>> => {
  const response = await fetch(url, {
    method: init.method,
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    headers: {
      ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(init.key === undefined ? {} : { 'idempotency-key': init.key }),
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  const text = await response.text();
  const body: unknown = text === '' ? {} : JSON.parse(text);
  return response.ok
    ? { ok: true, body: body as Body }
    : { ok: false, status: response.status, problem: body as Problem };
};

/** Repeats a request that is safe to repeat while the service cannot be reached or asks to come back later. */
const persistently = async <Body>(what: () => Promise<Answer<Body>>): Promise<Answer<Body>> => {
  for (let attempt = 1; ; attempt++) {
    try {
      const answer = await what();
      const comeBack = !answer.ok && (answer.status === 503 || BUSY.has(answer.problem.type ?? ''));
      if (!comeBack || attempt === ATTEMPTS_MAX) return answer;
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
    }
    await new Promise((wake) => setTimeout(wake, ATTEMPT_PAUSE_MS));
  }
};

/** Talks to the flock as a shop would: every write has an idempotency key and is repeated until it is answered. */
export const flockClient = (urls: FlockUrls, run: string) => {
  let turn = 0;
  const one = (replicas: readonly string[]): string => replicas[turn++ % replicas.length] ?? '';
  return {
    receive: ({ sku, quantity }: DemoStock) =>
      persistently(() =>
        request(`${one(urls.inventory)}/v1/stock/${encodeURIComponent(sku)}/receipts`, {
          method: 'POST',
          key: `${run}-receive-${sku}`,
          body: { quantity },
        }),
      ),
    registerCustomer: (customerId: string, name: string) =>
      persistently(() =>
        request(`${one(urls.orders)}/v1/customers`, {
          method: 'POST',
          key: `register-${customerId}`,
          body: { customerId, name, email: `${customerId}@example.org` },
        }),
      ),
    suspendCustomer: (customerId: string, reason: string) =>
      persistently(() =>
        request(`${one(urls.orders)}/v1/customers/${customerId}/suspend`, {
          method: 'POST',
          key: `suspend-${customerId}`,
          body: { reason },
        }),
      ),
    submit: ({ ref, customerId, currency, lines, shipTo, paymentToken }: DemoOrder) =>
      persistently(() =>
        request<{ readonly orderId: string }>(`${one(urls.orders)}/v1/orders`, {
          method: 'POST',
          key: `${run}-${ref}`,
          body: { customerId, currency, lines, shipTo, paymentToken, submit: true },
        }),
      ),
    cancel: (orderId: string) =>
      persistently(() =>
        request(`${one(urls.orders)}/v1/orders/${orderId}/cancel`, {
          method: 'POST',
          key: `${run}-cancel-${orderId}`,
          body: {},
        }),
      ),
    views: async (orderIds: readonly string[]): Promise<readonly OrderView[]> => {
      const answer = await persistently(() =>
        request<{ readonly orders: readonly OrderView[] }>(
          `${one(urls.projections)}/v1/orders?limit=${orderIds.length}&ids=${orderIds.join(',')}`,
          { method: 'GET' },
        ),
      );
      if (!answer.ok) throw new Error(`projections answered ${answer.status}: ${answer.problem.detail ?? ''}`);
      return answer.body.orders;
    },
    timeline: async (orderId: string): Promise<Timeline | undefined> => {
      const answer = await persistently(() =>
        request<Timeline>(`${one(urls.projections)}/v1/sagas/${orderId}`, { method: 'GET' }),
      );
      return answer.ok ? answer.body : undefined;
    },
  };
};

export type FlockClient = ReturnType<typeof flockClient>;
