import type { StepName } from '@murmuration/contracts';
import type { CancellationReason, CancelledReason, RejectedReason } from './order.messages';

type Plain<Name> = Name extends string ? { readonly fact: Name } : never;
type Reasoned<Name> = Name extends string ? { readonly fact: Name; readonly reason: string } : never;

/** What another service said of an order, named as the event that said it. */
export type OrderFact =
  | Plain<'stock-reserved' | 'stock-released' | 'stock-committed' | 'stock-hold-expired'>
  | { readonly fact: 'stock-refused'; readonly reason: RejectedReason; readonly skus: readonly string[] }
  | Plain<'payment-authorized' | 'payment-captured' | 'payment-voided' | 'payment-refunded'>
  | Plain<'payment-authorization-expired'>
  | Reasoned<'payment-declined'>
  | Plain<'shipment-booked' | 'shipment-dispatched' | 'shipment-delivered'>
  | Plain<'shipment-cancelled' | 'shipment-cancel-refused'>
  | Reasoned<'shipment-refused'>
  | (Reasoned<'stock-needs-attention' | 'payment-needs-attention' | 'shipment-needs-attention'> & {
      /** The number that the service has given it. */
      readonly attention?: number;
    });

export type FactName = OrderFact['fact'];

/** The set of facts heard of one order. Everything below looks at the set alone, never at the order of arrival. */
export type Facts = { readonly [Name in FactName]?: Extract<OrderFact, { readonly fact: Name }> };

export type Ending =
  | { readonly status: 'rejected'; readonly reason: RejectedReason; readonly skus: readonly string[] }
  | { readonly status: 'cancelled'; readonly reason: CancelledReason; readonly detail?: string }
  | { readonly status: 'completed' }
  | { readonly status: 'delivered' };

export type Progress = 'submitted' | 'reserved' | 'authorized' | 'booked' | 'shipped' | 'compensating';

export const knows = (facts: Facts, ...names: readonly FactName[]): boolean =>
  names.some((name) => facts[name] !== undefined);

const BACKWARD = [
  'payment-declined',
  'payment-voided',
  'payment-refunded',
  'shipment-refused',
  'shipment-cancelled',
  'stock-released',
] as const;

export const progressOf = (facts: Facts): Progress => {
  if (knows(facts, ...BACKWARD)) return 'compensating';
  if (knows(facts, 'shipment-dispatched', 'shipment-delivered', 'stock-committed')) return 'shipped';
  if (knows(facts, 'shipment-booked')) return 'booked';
  if (knows(facts, 'payment-authorized')) return 'authorized';
  return knows(facts, 'stock-reserved') ? 'reserved' : 'submitted';
};

/** How the order ends, as soon as the facts decide it. `requested` is the reason that orders itself asked to cancel for. */
export const endingOf = (facts: Facts, requested?: CancellationReason): Ending | undefined => {
  // Nothing takes back a parcel that has left, whatever else is said.
  if (knows(facts, 'shipment-dispatched')) return shippedEnding(facts);
  const refused = facts['stock-refused'];
  if (refused !== undefined) return { status: 'rejected', reason: refused.reason, skus: refused.skus };
  return knows(facts, 'stock-released') ? cancelledBy(facts, requested) : undefined;
};

const shippedEnding = (facts: Facts): Ending | undefined => {
  if (!knows(facts, 'payment-captured') || !knows(facts, 'stock-committed')) return undefined;
  return { status: knows(facts, 'shipment-delivered') ? 'delivered' : 'completed' };
};

/**
 * Why the stock was given back. Every undo is answered: payments says declined, voided or refunded, and shipping refused or
 * cancelled unless it never came to that. Only when these words are there too is the reason sure, whichever came first.
 */
const cancelledBy = (facts: Facts, requested?: CancellationReason): Ending | undefined => {
  const declined = facts['payment-declined'];
  if (declined !== undefined) return { status: 'cancelled', reason: 'payment-declined', detail: declined.reason };
  if (!knows(facts, 'payment-voided', 'payment-refunded')) return undefined;
  const refused = facts['shipment-refused'];
  if (refused !== undefined) return { status: 'cancelled', reason: 'shipment-refused', detail: refused.reason };
  if (!knows(facts, 'shipment-cancelled')) return undefined;
  return { status: 'cancelled', reason: requested ?? 'operator-requested' };
};

/** Facts that cannot be true of an order that has ended so. */
export const contradicts = (fact: FactName, { status }: Ending): boolean => {
  const isUndone = status === 'cancelled' || status === 'rejected';
  const impossible: readonly FactName[] = isUndone
    ? ['shipment-dispatched', 'shipment-delivered', 'shipment-cancel-refused', 'stock-committed']
    : ['stock-refused', ...BACKWARD];
  return impossible.includes(fact);
};

type ServiceStep = { [Service in 'inventory' | 'payments' | 'shipping']: readonly [Service, StepName<Service>] };
type SilentStep = ServiceStep[keyof ServiceStep];

/** The steps that the order is waiting for. */
export const silentSteps = (facts: Facts, isCancelling: boolean): readonly SilentStep[] => {
  const progress = progressOf(facts);
  switch (progress) {
    case 'shipped':
      return [
        ...(knows(facts, 'shipment-dispatched') ? [] : [['shipping', 'dispatch-shipment'] as const]),
        ...(knows(facts, 'payment-captured') ? [] : [['payments', 'capture-payment'] as const]),
        ...(knows(facts, 'stock-committed') ? [] : [['inventory', 'commit-stock'] as const]),
      ];
    case 'compensating':
      return [silentUndo(facts)];
    default:
      if (isCancelling && !knows(facts, 'shipment-cancel-refused')) return [['shipping', 'cancel-shipment']];
      return [FORWARD[progress]];
  }
};

const FORWARD = {
  submitted: ['inventory', 'reserve-stock'],
  reserved: ['payments', 'authorize-payment'],
  authorized: ['shipping', 'book-shipment'],
  booked: ['shipping', 'dispatch-shipment'],
} as const satisfies Record<Exclude<Progress, 'shipped' | 'compensating'>, SilentStep>;

/** The chain is undone from its end, so the first link that is silent keeps the others waiting. */
const silentUndo = (facts: Facts): SilentStep => {
  const declined = knows(facts, 'payment-declined');
  if (!declined && !knows(facts, 'shipment-refused', 'shipment-cancelled')) return ['shipping', 'cancel-shipment'];
  if (!declined && !knows(facts, 'payment-voided', 'payment-refunded')) return ['payments', 'undo-payment'];
  return ['inventory', 'release-stock'];
};
