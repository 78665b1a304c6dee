import type { FlockUrls } from '@murmuration/tool-demo';

/** Where the owners of the facts are asked, one address each. */
export type OwnerUrls = FlockUrls & { readonly payments: readonly string[]; readonly shipping: readonly string[] };

export type Finding = { readonly invariant: string; readonly about: string; readonly finding: string };

type Order = { readonly status: string; readonly reason?: string };
type Payment = {
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly voidedMinor: number;
  readonly refundedMinor: number;
};
type Shipment = { readonly status: string; readonly bookings: number };
type Stock = {
  readonly received: number;
  readonly adjusted: number;
  readonly held: number;
  readonly committed: number;
  readonly available: number;
};
type Reservation = { readonly status: string };

const READS_IN_PARALLEL = 12;
const FINAL = new Set(['completed', 'delivered', 'cancelled', 'rejected', 'needs-attention']);
const UNDONE = new Set(['cancelled', 'rejected']);

const get = async <Body>(url: string): Promise<Body | undefined> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Body;
};

const moneyFindings = (payment: Payment, dispatched: boolean): readonly string[] => {
  const { authorizedMinor, capturedMinor, voidedMinor, refundedMinor } = payment;
  const findings: string[] = [];
  if (capturedMinor + voidedMinor !== authorizedMinor)
    findings.push(`captured ${capturedMinor} + voided ${voidedMinor} is not authorised ${authorizedMinor}`);
  if (refundedMinor < 0 || refundedMinor > capturedMinor)
    findings.push(`refunded ${refundedMinor} of captured ${capturedMinor}`);
  if (capturedMinor - refundedMinor > 0 && !dispatched)
    findings.push(`kept ${capturedMinor - refundedMinor} without a dispatch`);
  return findings;
};

/** Checks one order at rest against every service that knows it: I1, I3, I4 and I7. */
const checkOrder = async (urls: OwnerUrls, orderId: string): Promise<readonly Finding[]> => {
  const [order, view, payment, shipment, reservation] = await Promise.all([
    get<Order>(`${urls.orders[0]}/v1/orders/${orderId}`),
    get<Order>(`${urls.projections[0]}/v1/orders/${orderId}`),
    get<Payment>(`${urls.payments[0]}/v1/payments/${orderId}`),
    get<Shipment>(`${urls.shipping[0]}/v1/shipments/${orderId}`),
    get<Reservation>(`${urls.inventory[0]}/v1/reservations/${orderId}`),
  ]);
  const findings: Finding[] = [];
  const add = (invariant: string, finding: string): void =>
    void findings.push({ invariant, about: `order ${orderId}`, finding });
  if (order === undefined) return [{ invariant: 'I5', about: `order ${orderId}`, finding: 'was accepted and is gone' }];
  const dispatched = shipment !== undefined && (shipment.status === 'dispatched' || shipment.status === 'delivered');
  if (!FINAL.has(order.status)) add('I4', `is still ${order.status}`);
  if (payment !== undefined) for (const finding of moneyFindings(payment, dispatched)) add('I1', finding);
  if ((shipment?.bookings ?? 0) > 1) add('I3', `has ${shipment?.bookings} shipments`);
  if (UNDONE.has(order.status) && dispatched) add('I7', `is ${order.status} with a parcel on its way`);
  if (UNDONE.has(order.status) && reservation?.status === 'held') add('I2', `is ${order.status} and still holds stock`);
  if (view?.status !== order.status)
    add('I7', `is ${order.status} for orders and ${view?.status ?? 'unknown'} for projections`);
  return findings;
};

const checkStock = async (urls: OwnerUrls, sku: string): Promise<readonly Finding[]> => {
  const stock = await get<Stock>(`${urls.inventory[0]}/v1/stock/${encodeURIComponent(sku)}`);
  if (stock === undefined) return [{ invariant: 'I2', about: `SKU ${sku}`, finding: 'was received and is unknown' }];
  const { received, adjusted, held, committed, available } = stock;
  const findings: Finding[] = [];
  const add = (finding: string): void => void findings.push({ invariant: 'I2', about: `SKU ${sku}`, finding });
  if (available + held + committed !== received + adjusted)
    add(
      `available ${available} + held ${held} + committed ${committed} is not received ${received} + adjusted ${adjusted}`,
    );
  for (const [name, count] of Object.entries({ available, held, committed })) if (count < 0) add(`${name} is ${count}`);
  if (held !== 0) add(`${held} are still held though every order has ended`);
  return findings;
};

type Parked = { readonly records: readonly { readonly id: string; readonly reason: string }[] };

const checkParked = async (urls: OwnerUrls): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const [service, [url]] of Object.entries(urls)) {
    const answer = await get<Parked>(`${url}/v1/parked`);
    for (const { id, reason } of answer?.records ?? [])
      findings.push({ invariant: 'I5', about: service, finding: `parked ${id}: ${reason}` });
  }
  return findings;
};

type Comparison = {
  readonly compared: number;
  readonly differing: readonly string[];
  readonly findings: readonly Finding[];
};

const checkViews = async (urls: OwnerUrls): Promise<readonly Finding[]> => {
  const answer = await get<Comparison>(`${urls.projections[0]}/v1/views/check`);
  if (answer === undefined || answer.compared === 0)
    return [{ invariant: 'I6', about: 'projections', finding: 'no view could be compared' }];
  const differing = answer.differing.map((id) => ({
    invariant: 'I6',
    about: `view of ${id}`,
    finding: 'differs from the one rebuilt from the archive',
  }));
  return [...differing, ...answer.findings];
};

const inParallel = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<readonly Result[]>,
): Promise<Result[]> => {
  const queue = [...items];
  const results: Result[] = [];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) results.push(...(await work(item)));
  };
  await Promise.all(Array.from({ length: READS_IN_PARALLEL }, worker));
  return results;
};

/** Every way in which the flock at rest breaks I1 to I7, as told by the services' own APIs. */
export const findViolations = async (
  urls: OwnerUrls,
  orderIds: readonly string[],
  skus: readonly string[],
): Promise<readonly Finding[]> => [
  ...(await inParallel(orderIds, (orderId) => checkOrder(urls, orderId))),
  ...(await inParallel(skus, (sku) => checkStock(urls, sku))),
  ...(await checkParked(urls)),
  ...(await checkViews(urls)),
];
