import { QUANTITY_MAX } from '@murmuration/contracts';
import { accept, reject, type Decision, type Of } from '@murmuration/kernel';
import type { InventoryCommand, InventoryEvent, InventoryRejection } from './inventory.messages';
import { oneLinePerSku, type Ledgers, type Reservation } from './reservation';
import { commitHold, evolveLedger, hold, shortageOf } from './stock';

type DisputeDecision = Decision<InventoryEvent, InventoryRejection>;

/** The number of the one call for a person that a reservation makes. */
const ATTENTION = 1;

/** Takes what left without a hold out of what is available: all lines or none, as with any other reservation. */
export const retryCommit = (
  command: Of<InventoryCommand, 'RetryCommit'>,
  reservation: Reservation,
  ledgerOf: Ledgers,
): DisputeDecision => {
  const { orderId, actor, reason, now } = command;
  if (reservation.status === 'absent') return reject({ type: 'OrderNotHeardOfYet', orderId });
  if (reservation.status === 'committed') return accept();
  if (reservation.status !== 'disputed')
    return reject({ type: 'NothingNeedsAttention', orderId, status: reservation.status });
  const lines = oneLinePerSku(command.lines);
  if (lines.some(({ quantity }) => quantity > QUANTITY_MAX))
    return reject({ type: 'QuantityOutOfBounds', min: 1, max: QUANTITY_MAX });
  const short = lines.flatMap((line) => shortageOf(line, ledgerOf(line.sku)) ?? []);
  if (short.length > 0) return reject({ type: 'StockShort', lines: short });
  const retried = {
    type: 'StockCommitRetried',
    orderId,
    attentions: [ATTENTION],
    actor,
    reason,
    handledAt: now,
  } as const;
  const movements = lines.flatMap((line) => {
    const held = hold(orderId, line, ledgerOf(line.sku), now);
    return [held, commitHold(orderId, line, evolveLedger(ledgerOf(line.sku), held), now)];
  });
  return accept<InventoryEvent>(retried, ...movements, { type: 'StockCommitted', orderId, lines, committedAt: now });
};

/** Takes an operator's word that the counts were corrected by hand. */
export const resolveReservation = (
  { orderId, actor, reason, now }: Of<InventoryCommand, 'ResolveReservation'>,
  reservation: Reservation,
): DisputeDecision => {
  if (reservation.status === 'absent') return reject({ type: 'OrderNotHeardOfYet', orderId });
  if (reservation.status === 'settled') return accept();
  if (reservation.status !== 'disputed')
    return reject({ type: 'NothingNeedsAttention', orderId, status: reservation.status });
  return accept({
    ...{ type: 'StockAttentionResolved', orderId, attentions: [ATTENTION], actor, reason, handledAt: now },
  });
};
