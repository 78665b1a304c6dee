import { accept, numbersOf, reject, type Decision, type Of } from '@murmuration/kernel';
import { reportOutcome } from './carrier-outcome';
import {
  effectKey,
  type CarrierEffect,
  type ShipmentCommand,
  type ShipmentEvent,
  type ShipmentRejection,
} from './shipment.messages';
import type { Call, Shipment } from './shipment.state';

type ShipmentDecision = Decision<ShipmentEvent, ShipmentRejection>;
type Resolution = Of<ShipmentCommand, 'ResolveCall'>;

/** A call to the carrier: the key it was made with, and how it is made. */
export type NamedCall = {
  readonly key: string;
  readonly call: Call;
  readonly effect: CarrierEffect;
  /** The key of the next attempt, after a refusal. */
  readonly nextKey: string;
};

/** The call that is under way, if there is one. */
export const callOf = (orderId: string, shipment: Shipment): NamedCall | undefined => {
  if (shipment.status === 'booking' || (shipment.status === 'cancelled' && shipment.leftover === 'booking-in-flight')) {
    const key = effectKey.book(orderId);
    // A refusal ends the booking, so that there is no second attempt.
    return { key, nextKey: key, call: shipment, effect: { type: 'book', orderId, shipTo: shipment.shipTo } };
  }
  if (shipment.status !== 'cancelled' || shipment.leftover !== 'booking-to-cancel') return undefined;
  const { attempt, carrierReference } = shipment;
  const [key, nextKey] = [effectKey.cancel(orderId, attempt), effectKey.cancel(orderId, attempt + 1)];
  return { key, nextKey, call: shipment, effect: { type: 'cancel', orderId, carrierReference } };
};

/** Makes a call once more: under the same key where it may have happened after all, under a new one where it was refused. */
export const retryCall = (
  { orderId, actor, reason, now }: Of<ShipmentCommand, 'RetryCall'>,
  shipment: Shipment,
): ShipmentDecision => {
  if (shipment.status === 'absent') return reject({ type: 'OrderNotHeardOfYet', orderId });
  const named = callOf(orderId, shipment);
  if (named === undefined) return reject({ type: 'NothingNeedsAttention', orderId, status: shipment.status });
  const { call, key, nextKey, effect } = named;
  if (call.answer === 'awaited') return accept();
  return accept({
    type: 'ShipmentRetryRequested',
    orderId,
    key: call.answer === 'refused' ? nextKey : key,
    effect,
    attentions: numbersOf(call),
    actor,
    reason,
    requestedAt: now,
  });
};

/** Takes an operator's word for what became of a call; the saga goes on from there as if the carrier had said so. */
export const resolveCall = (command: Resolution, shipment: Shipment): ShipmentDecision => {
  const { orderId, outcome, carrierReference, reason, now } = command;
  if (shipment.status === 'absent') return reject({ type: 'OrderNotHeardOfYet', orderId });
  const named = callOf(orderId, shipment);
  if (named === undefined || named.call.answer === 'awaited')
    return reject({ type: 'NothingNeedsAttention', orderId, status: shipment.status });
  const { key, effect } = named;
  if (effect.type === 'cancel' && outcome === 'not-done') return reject({ type: 'MustBeUndone', key });
  if (effect.type === 'book' && outcome === 'done' && carrierReference === undefined)
    return reject({ type: 'ReferenceMissing', key });
  const receipt = effect.type === 'cancel' ? effect.carrierReference : (carrierReference ?? '');
  const said =
    outcome === 'done'
      ? ({ outcome, result: { carrierReference: receipt } } as const)
      : ({ outcome: 'refused', reason } as const);
  const report = { type: 'ReportCarrierOutcome', orderId, key, outcome: said, now } as const;
  const { accepted, rejected } = reportOutcome(report, asThoughAwaited(shipment));
  return rejected ? reject(rejected) : accept(resolved(command, named), ...accepted);
};

const resolved = ({ orderId, outcome, actor, reason, now }: Resolution, { key, call }: NamedCall): ShipmentEvent => ({
  ...{ type: 'ShipmentAttentionResolved', orderId, key, outcome, attentions: numbersOf(call), actor, reason },
  resolvedAt: now,
});

/** The refusal of a call does not bind an operator, who has settled it in another way. */
const asThoughAwaited = (shipment: Shipment): Shipment =>
  'answer' in shipment ? { ...shipment, answer: 'awaited', raised: [] } : shipment;
