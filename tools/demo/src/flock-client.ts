import { DemoError } from './demo-error';
import { requestPersistently, type Answer, type Patience } from './flock-request';
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

export type FlockClientOptions = Partial<Patience> & {
  /** Makes the idempotency keys of this run its own. */
  readonly run: string;
};

const PATIENCE_MS = 15_000;

/** Talks to the flock as a shop would: every write has an idempotency key and is repeated until it is answered. */
export const flockClient = (urls: FlockUrls, { run, patienceMs = PATIENCE_MS, signal }: FlockClientOptions) => {
  const patience = { patienceMs, ...(signal === undefined ? {} : { signal }) };
  let turn = 0;
  const post = <Body>(
    service: keyof FlockUrls,
    path: string,
    idempotencyKey: string,
    body: unknown,
  ): Promise<Answer<Body>> => ask(service, { method: 'POST', path, idempotencyKey, body });
  const get = <Body>(service: keyof FlockUrls, path: string): Promise<Answer<Body>> =>
    ask(service, { method: 'GET', path });
  const ask = <Body>(
    service: keyof FlockUrls,
    request: Parameters<typeof requestPersistently>[1],
  ): Promise<Answer<Body>> => {
    const replicas = urls[service];
    return requestPersistently(() => replicas[turn++ % replicas.length] ?? '', request, patience);
  };

  return {
    receive: ({ sku, quantity }: DemoStock) =>
      post('inventory', `/v1/stock/${encodeURIComponent(sku)}/receipts`, `${run}-receive-${sku}`, { quantity }),
    registerCustomer: (customerId: string, name: string) =>
      post('orders', '/v1/customers', `register-${customerId}`, {
        ...{ customerId, name, email: `${customerId}@example.org` },
      }),
    suspendCustomer: (customerId: string, reason: string) =>
      post('orders', `/v1/customers/${customerId}/suspend`, `suspend-${customerId}`, { reason }),
    submit: ({ ref, customerId, currency, lines, shipTo, paymentToken }: DemoOrder) =>
      post<{ readonly orderId: string }>('orders', '/v1/orders', `${run}-${ref}`, {
        ...{ customerId, currency, lines, shipTo, paymentToken, submit: true },
      }),
    cancel: (orderId: string) => post('orders', `/v1/orders/${orderId}/cancel`, `${run}-cancel-${orderId}`, {}),
    views: async (orderIds: readonly string[]): Promise<readonly OrderView[]> => {
      const answer = await get<{ readonly orders: readonly OrderView[] }>(
        'projections',
        `/v1/orders?limit=${orderIds.length}&ids=${orderIds.join(',')}`,
      );
      if (answer.ok) return answer.body.orders;
      throw new DemoError(
        'flock-refused',
        `projections refused to show orders: ${answer.problem.detail ?? answer.status}`,
      );
    },
    timeline: async (orderId: string): Promise<Timeline | undefined> => {
      const answer = await get<Timeline>('projections', `/v1/sagas/${orderId}`);
      return answer.ok ? answer.body : undefined;
    },
  };
};

export type FlockClient = ReturnType<typeof flockClient>;
