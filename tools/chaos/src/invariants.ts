import { setTimeout as pause } from 'node:timers/promises';
import type { FlockUrls } from '@murmuration/tool-demo';
import {
  ask,
  comparisonAnswer,
  orderAnswer,
  parkedAnswer,
  paymentAnswer,
  reservationAnswer,
  shipmentAnswer,
  stockAnswer,
  type PaymentAnswer,
  type ShipmentAnswer,
} from './service-answers';

/** Where the owners of the facts are asked. */
export type OwnerUrls = FlockUrls & { readonly payments: readonly string[]; readonly shipping: readonly string[] };

export type Finding = { readonly invariant: string; readonly about: string; readonly finding: string };

/** What a SKU must have seen, by what was received and what was delivered. */
export type StockExpectation = { readonly sku: string; readonly received: number; readonly committed: number };

export type Examination = {
  readonly urls: OwnerUrls;
  readonly orderIds: readonly string[];
  readonly stock: readonly StockExpectation[];
  /** Why a service is not well; undefined when it is. */
  readonly whyNotHealthy: (url: string) => Promise<string | undefined>;
};

const READS_IN_PARALLEL = 12;
const FINAL = new Set(['delivered', 'cancelled', 'rejected', 'needs-attention']);
const UNDONE = new Set(['cancelled', 'rejected']);
const SENT = new Set(['dispatched', 'delivered']);

const moneyFindings = (payment: PaymentAnswer, isSent: boolean): readonly string[] => {
  const { authorizedMinor, capturedMinor, voidedMinor, refundedMinor } = payment;
  const findings: string[] = [];
  if (capturedMinor + voidedMinor !== authorizedMinor)
    findings.push(`captured ${capturedMinor} + voided ${voidedMinor} is not authorised ${authorizedMinor}`);
  if (refundedMinor < 0 || refundedMinor > capturedMinor)
    findings.push(`refunded ${refundedMinor} of captured ${capturedMinor}`);
  if (capturedMinor - refundedMinor > 0 && !isSent)
    findings.push(`kept ${capturedMinor - refundedMinor} without a dispatch`);
  return findings;
};

/** What contradicts a delivery, in the words of the other services. */
const deliveryFindings = (
  payment: PaymentAnswer | undefined,
  shipment: ShipmentAnswer | undefined,
  reservation: string | undefined,
): readonly string[] => {
  const findings: string[] = [];
  if (shipment?.status !== 'delivered')
    findings.push(`is delivered, and its shipment is ${shipment?.status ?? 'unknown'}`);
  if ((payment?.capturedMinor ?? 0) === 0) findings.push('is delivered, and nothing was captured');
  if (reservation !== 'committed') findings.push(`is delivered, and its reservation is ${reservation ?? 'unknown'}`);
  return findings;
};

/** Checks one order at rest against every service that knows it: I1 to I4 and I7. */
const checkOrder = async ({ urls }: Examination, orderId: string): Promise<readonly Finding[]> => {
  const about = `order ${orderId}`;
  const [order, view, payment, shipment, reservation] = await Promise.all([
    ask(`${urls.orders[0]}/v1/orders/${orderId}`, orderAnswer),
    ask(`${urls.projections[0]}/v1/orders/${orderId}`, orderAnswer),
    ask(`${urls.payments[0]}/v1/payments/${orderId}`, paymentAnswer),
    ask(`${urls.shipping[0]}/v1/shipments/${orderId}`, shipmentAnswer),
    ask(`${urls.inventory[0]}/v1/reservations/${orderId}`, reservationAnswer),
  ]);
  if (order === undefined) return [{ invariant: 'I5', about, finding: 'was accepted and is gone' }];
  const findings: Finding[] = [];
  const add = (invariant: string, finding: string): void => void findings.push({ invariant, about, finding });
  const { status } = order;
  const isSent = shipment !== undefined && SENT.has(shipment.status);
  if (!FINAL.has(status)) add('I4', `is still ${status}`);
  if (payment !== undefined) for (const finding of moneyFindings(payment, isSent)) add('I1', finding);
  if (shipment !== undefined && shipment.bookings > 1) add('I3', `has ${shipment.bookings} shipments`);
  if (UNDONE.has(status) && isSent) add('I7', `is ${status} with a parcel on its way`);
  if (UNDONE.has(status) && reservation?.status === 'held') add('I2', `is ${status} and still holds stock`);
  if (status === 'delivered')
    for (const finding of deliveryFindings(payment, shipment, reservation?.status)) add('I7', finding);
  if (view?.status !== status) add('I7', `is ${status} for orders and ${view?.status ?? 'unknown'} for projections`);
  return findings;
};

const checkStock = async ({ urls }: Examination, expected: StockExpectation): Promise<readonly Finding[]> => {
  const about = `SKU ${expected.sku}`;
  const found = await ask(`${urls.inventory[0]}/v1/stock/${encodeURIComponent(expected.sku)}`, stockAnswer);
  if (found === undefined) return [{ invariant: 'I5', about, finding: 'was received and is gone' }];
  const { received, adjusted, held, committed, available } = found;
  const findings: Finding[] = [];
  const add = (finding: string): void => void findings.push({ invariant: 'I2', about, finding });
  if (available + held + committed !== received + adjusted)
    add(`has available ${available} + held ${held} + committed ${committed}, not received ${received} + ${adjusted}`);
  for (const [name, count] of Object.entries({ available, held, committed }))
    if (count < 0) add(`has ${count} ${name}`);
  if (held !== 0) add(`has ${held} held though every order has ended`);
  if (received !== expected.received) add(`was received ${expected.received} times and counts ${received}`);
  if (committed !== expected.committed) add(`was delivered ${expected.committed} times and counts ${committed}`);
  return findings;
};

const checkParked = async ({ urls }: Examination): Promise<readonly Finding[]> => {
  const findings: Finding[] = [];
  for (const [service, [url]] of Object.entries(urls)) {
    const answer = await ask(`${url}/v1/parked`, parkedAnswer);
    if (answer === undefined) throw new Error(`${service} has no list of parked records`);
    for (const { id, reason } of answer.records)
      findings.push({ invariant: 'I5', about: service, finding: `has parked ${id}: ${reason}` });
  }
  return findings;
};

const checkHealth = async ({ urls, whyNotHealthy }: Examination): Promise<readonly Finding[]> => {
  const findings = Object.entries(urls).flatMap(([service, replicas]) =>
    replicas.map(async (url): Promise<readonly Finding[]> => {
      const why = await whyNotHealthy(url);
      return why === undefined ? [] : [{ invariant: 'I5', about: service, finding: `is not well: ${why}` }];
    }),
  );
  return (await Promise.all(findings)).flat();
};

const checkViews = async ({ urls }: Examination): Promise<readonly Finding[]> => {
  const answer = await ask(`${urls.projections[0]}/v1/views/check`, comparisonAnswer);
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

/** Every way in which the flock breaks I1 to I7 now, as told by the services' own APIs. */
export const findViolations = async (examination: Examination): Promise<readonly Finding[]> => [
  ...(await inParallel(examination.orderIds, (orderId) => checkOrder(examination, orderId))),
  ...(await inParallel(examination.stock, (expected) => checkStock(examination, expected))),
  ...(await checkParked(examination)),
  ...(await checkHealth(examination)),
  ...(await checkViews(examination)),
];

const REST_WITHIN_MS = 45_000;
const REST_POLL_MS = 1_500;

/** What is broken still when the flock had time to come to rest: the invariants hold at rest only. */
export const findLastingViolations = async (
  examination: Examination,
  { withinMs = REST_WITHIN_MS, pollMs = REST_POLL_MS } = {},
): Promise<readonly Finding[]> => {
  const giveUpAtMs = performance.now() + withinMs;
  for (;;) {
    const findings = await findViolations(examination);
    if (findings.length === 0 || performance.now() > giveUpAtMs) return findings;
    await pause(pollMs);
  }
};
