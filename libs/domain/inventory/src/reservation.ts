import type { ShortLine, StockLine } from '@murmuration/contracts';
import {
  accept,
  assert,
  isBefore,
  plusMs,
  reject,
  unreachable,
  type Decision,
  type Instant,
  type Of,
} from '@murmuration/kernel';
import type { InventoryCommand, InventoryEvent, InventoryRejection, ReservationEvent } from './inventory.messages';
import { commitHold, hold, releaseHold, shortageOf, type StockLedger } from './stock';

/** One order's claim on stock, over all its lines. */
export type Reservation = { readonly kind: 'reservation' } & (
  | { readonly status: 'absent' }
  | {
      readonly status: 'held';
      readonly lines: readonly StockLine[];
      readonly heldUntil: Instant;
      /** It was said that the hold has lasted too long; the stock is held all the same until somebody gives it up. */
      readonly expired: boolean;
    }
  | { readonly status: 'refused'; readonly lines: readonly ShortLine[] }
  | { readonly status: 'released' }
  | { readonly status: 'committed'; readonly lines: readonly StockLine[] }
  /** The parcel left although nothing was held for it. */
  | { readonly status: 'disputed'; readonly reason: string; readonly since: Instant }
  /** It did, and the counts were corrected by hand. */
  | { readonly status: 'settled' }
);

/** Finds the ledger of a SKU that the command names. */
export type Ledgers = (sku: string) => StockLedger;

type ReservationDecision = Decision<InventoryEvent, InventoryRejection>;

export const absentReservation: Reservation = { kind: 'reservation', status: 'absent' };

export const reserve = (
  { orderId, lines, holdMs, now }: Of<InventoryCommand, 'ReserveStock'>,
  reservation: Reservation,
  ledgerOf: Ledgers,
): ReservationDecision => {
  if (isOver(reservation)) return reject({ type: 'ReservationClosed', orderId });
  if (reservation.status !== 'absent') return accept();
  const wanted = oneLinePerSku(lines);
  const short = wanted.flatMap((line) => shortageOf(line, ledgerOf(line.sku)) ?? []);
  if (short.length > 0) return accept({ type: 'ReservationRefused', orderId, lines: short, refusedAt: now });
  return accept<InventoryEvent>(...wanted.map((line) => hold(orderId, line, ledgerOf(line.sku), now)), {
    type: 'StockReserved',
    orderId,
    lines: wanted,
    reservedAt: now,
    heldUntil: plusMs(now, holdMs),
  });
};

export const release = (
  { orderId, now }: Of<InventoryCommand, 'ReleaseStock'>,
  reservation: Reservation,
  ledgerOf: Ledgers,
): ReservationDecision => {
  switch (reservation.status) {
    case 'released':
    case 'disputed':
    case 'settled':
      return accept();
    case 'committed':
      return reject({ type: 'StockAlreadyCommitted', orderId });
    case 'absent':
    case 'refused':
      return accept({ type: 'ReservationReleased', orderId, held: false, releasedAt: now });
    case 'held':
      return accept<InventoryEvent>(
        ...reservation.lines.map((line) => releaseHold(orderId, line, ledgerOf(line.sku), now)),
        { type: 'ReservationReleased', orderId, held: true, releasedAt: now },
      );
  }
};

export const commit = (
  { orderId, now }: Of<InventoryCommand, 'CommitStock'>,
  reservation: Reservation,
  ledgerOf: Ledgers,
): ReservationDecision => {
  switch (reservation.status) {
    case 'committed':
    case 'disputed':
    case 'settled':
      return accept();
    case 'absent':
    case 'refused':
    case 'released':
      return accept({
        type: 'StockNeedsAttention',
        orderId,
        reason: `the parcel left, but its reservation is ${reservation.status}`,
        since: now,
        attention: 1,
      });
    case 'held':
      return accept<InventoryEvent>(
        ...reservation.lines.map((line) => commitHold(orderId, line, ledgerOf(line.sku), now)),
        { type: 'StockCommitted', orderId, lines: reservation.lines, committedAt: now },
      );
  }
};

export const expire = (
  { orderId, now }: Of<InventoryCommand, 'ExpireHold'>,
  reservation: Reservation,
): ReservationDecision => {
  if (reservation.status !== 'held' || reservation.expired) return accept();
  if (isBefore(now, reservation.heldUntil)) return accept();
  return accept({ type: 'StockHoldExpired', orderId, expiredAt: now });
};

export const evolveReservation = (reservation: Reservation, event: ReservationEvent): Reservation => {
  switch (event.type) {
    case 'StockReserved':
      assert(reservation.status === 'absent', 'stock is reserved once');
      return { kind: 'reservation', status: 'held', lines: event.lines, heldUntil: event.heldUntil, expired: false };
    case 'ReservationRefused':
      assert(reservation.status === 'absent', 'stock is refused instead of being reserved');
      return { kind: 'reservation', status: 'refused', lines: event.lines };
    case 'ReservationReleased':
      assert(event.held === (reservation.status === 'held'), 'a release says whether there was a hold');
      return { kind: 'reservation', status: 'released' };
    case 'StockCommitted':
      assert(
        reservation.status === 'held' || reservation.status === 'disputed',
        'only what is held or disputed is committed',
      );
      return { kind: 'reservation', status: 'committed', lines: event.lines };
    case 'StockHoldExpired':
      assert(reservation.status === 'held', 'only a hold expires');
      return { ...reservation, expired: true };
    case 'StockNeedsAttention':
      assert(reservation.status !== 'held' && reservation.status !== 'committed', 'a hold can be committed');
      return { kind: 'reservation', status: 'disputed', reason: event.reason, since: event.since };
    case 'StockCommitRetried':
      // What it has led to follows in the same append.
      assert(reservation.status === 'disputed', 'only a dispute is handled');
      return reservation;
    case 'StockAttentionResolved':
      assert(reservation.status === 'disputed', 'only a dispute is handled');
      return { kind: 'reservation', status: 'settled' };
    default:
      return unreachable(event);
  }
};

const isOver = ({ status }: Reservation): boolean =>
  status === 'released' || status === 'disputed' || status === 'settled';

/** The SKUs that the reservation has a claim on, in the order of its lines. */
export const heldSkus = (reservation: Reservation): readonly string[] =>
  reservation.status === 'held' ? reservation.lines.map(({ sku }) => sku) : [];

export const oneLinePerSku = (lines: readonly StockLine[]): readonly StockLine[] => {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return [...quantities].map(([sku, quantity]) => ({ sku, quantity }));
};
