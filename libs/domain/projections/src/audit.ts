import type { Heard, IntegrationData } from '@murmuration/contracts';
import { inOrderOfTime, wordOf, type HeardOfOrder, type OrderEventName } from './heard-order';

export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I7';

/** An invariant that does not hold, and how that shows. */
export type Finding = { readonly invariant: Invariant; readonly finding: string };

export type AuditOptions = {
  /**
   * Whether everything that will ever be said of the order was heard. Only then is something that is missing a finding. What is
   * found without it stays true whatever else is heard.
   */
  readonly atRest: boolean;
};

const SUBMITTED = 'orders.order-submitted.v1';
const AUTHORIZED = 'payments.payment-authorized.v1';
const CAPTURED = 'payments.payment-captured.v1';
const VOIDED = 'payments.payment-voided.v1';
const REFUNDED = 'payments.payment-refunded.v1';
const LAPSED = 'payments.payment-authorization-expired.v1';
const DECLINED = 'payments.payment-declined.v1';
const DISPATCHED = 'shipping.shipment-dispatched.v1';
const RESERVED = 'inventory.stock-reserved.v1';
const RELEASED = 'inventory.stock-released.v1';
const COMMITTED = 'inventory.stock-committed.v1';
const NEEDS_ATTENTION = 'orders.order-needs-attention.v1';
const HANDLED = 'orders.order-attention-handled.v1';
const CALL_HANDLED = 'payments.payment-attention-handled.v1';

/** Balances what all services said of one order, in any order and however often it was heard. */
export const auditOrder = (heard: readonly Heard[], { atRest }: AuditOptions): readonly Finding[] => {
  const ledger = ledgerOf(inOrderOfTime(heard));
  const audits = atRest
    ? [money, moneyAtRest, stock, stockAtRest, shipment, endAtRest, ends]
    : [money, stock, shipment, ends];
  return audits.flatMap((audit) => audit(ledger));
};

type Ledger = {
  readonly all: <Name extends OrderEventName>(name: Name) => readonly IntegrationData<Name>[];
  readonly has: (...names: readonly OrderEventName[]) => boolean;
  /** Sums in minor units of the order's currency. */
  readonly authorized: number;
  readonly captured: number;
  readonly voided: number;
  readonly refunded: number;
  /** Authorised, but never to be captured, as an operator said. */
  readonly writtenOff: number;
  /** An operator answers for how it ended; what is missing was settled outside of the flock. */
  readonly isSettledByHand: boolean;
};

const ledgerOf = (events: readonly HeardOfOrder[]): Ledger => {
  const all: Ledger['all'] = <Name extends OrderEventName>(name: Name) =>
    events.filter((event) => event.name === name).map(({ data }) => data as IntegrationData<Name>); // because the name was just compared
  return {
    all,
    has: (...names) => names.some((name) => events.some((event) => event.name === name)),
    authorized: sum(all(AUTHORIZED)),
    captured: sum(all(CAPTURED)),
    voided: sum(all(VOIDED)),
    refunded: sum(all(REFUNDED)),
    writtenOff: all(CALL_HANDLED).reduce((total, { writtenOffMinor = 0 }) => total + writtenOffMinor, 0),
    isSettledByHand: all(HANDLED).some(({ action }) => action === 'resolved'),
  };
};

type Audit = (ledger: Ledger) => readonly Finding[];

const when = (isBroken: boolean, invariant: Invariant, finding: string): readonly Finding[] =>
  isBroken ? [{ invariant, finding }] : [];

const sum = (amounts: readonly { readonly amountMinor: number }[]): number =>
  amounts.reduce((total, { amountMinor }) => total + amountMinor, 0);

/** What can never become right again, by comparing only what was heard of both sides. */
const money: Audit = ({ all, has, authorized, captured, voided, refunded }) => {
  const [submitted] = all(SUBMITTED);
  const [authorization] = all(AUTHORIZED);
  const isPriced = submitted !== undefined && authorization !== undefined;
  return [
    ...when(all(AUTHORIZED).length > 1, 'I1', `authorised ${all(AUTHORIZED).length} times`),
    ...when(
      isPriced && (submitted.totalMinor !== authorized || submitted.currency !== authorization.currency),
      'I1',
      `authorised ${authorized} ${authorization?.currency} for an order of ${submitted?.totalMinor} ${submitted?.currency}`,
    ),
    ...when(all(CAPTURED).length > 1, 'I1', `captured ${all(CAPTURED).length} times`),
    ...when(
      has(AUTHORIZED) && captured + voided > authorized,
      'I1',
      `captured ${captured} and voided ${voided} of ${authorized} authorised`,
    ),
    ...when(has(CAPTURED) && refunded > captured, 'I1', `refunded ${refunded} of ${captured} captured`),
    ...when(has(DECLINED) && captured > 0, 'I1', `captured ${captured} of a declined payment`),
  ];
};

const moneyAtRest: Audit = ({ has, authorized, captured, voided, refunded, writtenOff, isSettledByHand }) => {
  if (isSettledByHand) return [];
  const settled = captured + voided;
  const isGone = has(LAPSED) || writtenOff === authorized;
  return [
    ...when(
      settled !== authorized && !(isGone && settled === 0),
      'I1',
      `captured ${captured} and voided ${voided}, but authorised ${authorized}`,
    ),
    ...when(!has(CAPTURED) && refunded > 0, 'I1', `refunded ${refunded} of nothing captured`),
    ...when(captured > refunded && !has(DISPATCHED), 'I1', `kept ${captured - refunded} without a dispatch`),
  ];
};

const stock: Audit = ({ all, has }) => [
  ...when(all(RESERVED).length > 1, 'I2', `reserved ${all(RESERVED).length} times`),
  ...when(all(COMMITTED).length > 1, 'I2', `committed ${all(COMMITTED).length} times`),
  ...when(has(COMMITTED) && all(RELEASED).some(({ held }) => held), 'I2', 'both released and committed'),
  ...when(has(RESERVED) && has('inventory.stock-refused.v1'), 'I2', 'both reserved and refused'),
];

const stockAtRest: Audit = ({ has, isSettledByHand }) => [
  ...when(has(RESERVED) && !has(RELEASED, COMMITTED) && !isSettledByHand, 'I2', 'holds stock for ever'),
  ...when(has(COMMITTED) && !has(DISPATCHED), 'I2', 'committed without a dispatch'),
];

const shipment: Audit = ({ all, has }) => {
  const references = [
    ...new Set(all('shipping.shipment-booked.v1').map(({ carrierReference }) => carrierReference)),
  ].sort();
  return [
    ...when(references.length > 1, 'I3', `shipments ${references.join(', ')}`),
    ...when(all(DISPATCHED).length > 1, 'I3', `dispatched ${all(DISPATCHED).length} times`),
    ...when(
      has(DISPATCHED) && has('shipping.shipment-cancelled.v1', 'shipping.shipment-refused.v1'),
      'I3',
      'dispatched although it was cancelled or refused',
    ),
  ];
};

const UNDONE = ['orders.order-cancelled.v1', 'orders.order-rejected.v1'] as const;
const FULFILLED = ['orders.order-completed.v1', 'orders.order-delivered.v1'] as const;

const ends: Audit = ({ has }) => {
  const said = [...UNDONE, ...FULFILLED].filter((name) => has(name));
  const isCalledOff = has(...UNDONE);
  return [
    ...when(
      (has(UNDONE[0]) && has(UNDONE[1])) || (isCalledOff && has(...FULFILLED)),
      'I7',
      `said both ${said.map(wordOf).join(' and ')}`,
    ),
    ...when(isCalledOff && has(DISPATCHED), 'I7', 'called off with a parcel on its way'),
  ];
};

/** A person was called, and has not acted on it. */
const needsPerson = ({ all }: Ledger): boolean => {
  const handled = new Set(all(HANDLED).flatMap(({ attentions }) => attentions));
  return all(NEEDS_ATTENTION).some(({ attention = 1 }) => !handled.has(attention));
};

const endAtRest: Audit = (ledger) => {
  const { has, isSettledByHand } = ledger;
  const isShipped = has(DISPATCHED) && (isSettledByHand || (has(CAPTURED) && has(COMMITTED)));
  return [
    ...when(has(SUBMITTED) && !has(...UNDONE, ...FULFILLED) && !needsPerson(ledger), 'I4', 'never came to an end'),
    ...when(has(...FULFILLED) && !isShipped, 'I7', 'completed without dispatch, capture and commit'),
  ];
};

/** Balances every level that inventory said of one SKU. */
export const auditStock = (heard: readonly Heard[]): readonly Finding[] =>
  heard.flatMap(({ name, data }) =>
    name === 'inventory.stock-level-changed.v1' ? auditLevel(data as IntegrationData<typeof name>) : [],
  );

const auditLevel = (level: IntegrationData<'inventory.stock-level-changed.v1'>): readonly Finding[] => {
  const { sku, received, adjusted, held, committed, available } = level;
  return [
    ...when(
      available + held + committed !== received + adjusted,
      'I2',
      `${sku}: available ${available} + held ${held} + committed ${committed} is not received ${received} + adjusted ${adjusted}`,
    ),
    ...Object.entries({ available, held, committed }).flatMap(([count, value]) =>
      when(value < 0, 'I2', `${sku}: ${count} is ${value}`),
    ),
  ];
};
