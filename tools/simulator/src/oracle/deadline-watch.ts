import type { Heard } from '@murmuration/contracts';
import type { Order, OrdersEvent } from '@murmuration/domain-orders';
import type { StoredEvent } from '@murmuration/event-store';
import { epochMs, isBefore, type Instant } from '@murmuration/kernel';
import type { Find } from './findings';
import type { Words } from './words';

/**
 * How late a deadline may be acted on when nothing is in the way: whoever has it in hand may just have ended, and while nobody
 * was there to act the clock of deadlines stood still.
 */
const LATE_MAX_MS = 60_000;

/** How long an order takes at most, from any state to its end, when nothing is in its way: longer than all calls to a partner. */
const IDLE_MAX_MS = 35_000;

export type DeadlineWatch = {
  /** An event of an order that no person brought about, and the order as it was before. */
  readonly stored: (event: OrdersEvent, before: Order, stored: StoredEvent) => void;
  /** The order after an event. */
  readonly now: (orderId: string, order: Order, recordedAt: Instant) => void;
  readonly heard: (heard: Heard) => void;
  /** The flock has come to rest: what comes after may have been slept through. */
  readonly rested: () => void;
};

type Due = { readonly at: Instant; readonly setAtMs: number };

/**
 * Watches that nobody acts on the time of an order before it is up, and, from the instant on when nothing goes wrong any more,
 * that nobody acts on it much later, and that no order needs its deadline to be moved on: one that does has lost a word.
 */
export const watchDeadlines = (words: Words, punctualFromMs: number | undefined, find: Find): DeadlineWatch => {
  const due = new Map<string, Due>();
  let isOver = false;

  const judge = (orderId: string, what: string, at: Instant, { at: dueAt, setAtMs }: Due): void => {
    if (isBefore(at, dueAt)) find('I4', orderId, `${what} at ${at}, but it has until ${dueAt}`);
    if (punctualFromMs === undefined || isOver) return;
    const lateMs = epochMs(at) - Math.max(epochMs(dueAt), setAtMs, punctualFromMs);
    if (lateMs > LATE_MAX_MS) find('I4', orderId, `${what} at ${at}, but it had until ${dueAt}`);
  };

  const noteIdle = (orderId: string, { at: dueAt, setAtMs }: Due): void => {
    if (punctualFromMs === undefined || isOver) return;
    // Where a person was called, the order waited for the person.
    if (words.of(orderId).some(({ name }) => name.includes('needs-attention'))) return;
    const idleMs = epochMs(dueAt) - Math.max(setAtMs, punctualFromMs);
    if (idleMs > IDLE_MAX_MS) find('I5', orderId, `stood still for ${idleMs} ms, and only its deadline moved it on`);
  };

  return {
    stored: (event, before, { recordedAt }) => {
      if (!('orderId' in event) || before.stage !== 'placed') return;
      const { type, orderId } = event;
      const isByDeadline =
        (type === 'OrderNeedsAttention' && event.source === 'deadline') ||
        (type === 'OrderCancellationRequested' && event.reason === 'deadline-exceeded');
      const until = due.get(orderId);
      if (!isByDeadline || until === undefined) return;
      judge(orderId, type, recordedAt, until);
      noteIdle(orderId, until);
    },
    now: (orderId, order, recordedAt) => {
      if (order.stage !== 'placed' || due.get(orderId)?.at === order.deadlineAt) return;
      due.set(orderId, { at: order.deadlineAt, setAtMs: epochMs(recordedAt) });
    },
    heard: ({ name, subject, time }) => {
      if (name === 'inventory.stock-hold-expired.v1') {
        const held = words.of(subject).find((heard) => heard.name === 'inventory.stock-reserved.v1');
        if (held === undefined) return;
        const [{ heldUntil } = { heldUntil: held.time }] = words.all(subject, 'inventory.stock-reserved.v1');
        judge(subject, 'its hold expired', time, { at: heldUntil, setAtMs: epochMs(held.time) });
      }
      if (name === 'payments.payment-authorization-expired.v1') {
        const kept = words.of(subject).find((heard) => heard.name === 'payments.payment-authorized.v1');
        if (kept === undefined) return;
        const [{ expiresAt } = { expiresAt: kept.time }] = words.all(subject, 'payments.payment-authorized.v1');
        judge(subject, 'its authorisation expired', time, { at: expiresAt, setAtMs: epochMs(kept.time) });
      }
    },
    rested: () => {
      isOver = true;
    },
  };
};
