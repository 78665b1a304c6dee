import { type CarrierCall, type CarrierLedger, type CarrierPace, simulatedCarrier } from '@murmuration/domain-shipping';
import { type LedgerBook, type WorkUnderLease, workUnderLease } from '@murmuration/effects';
import { type Coordination, derivedId } from '@murmuration/event-store';
import { type Instant, epochMs, instantOfEpochMs, plusMs } from '@murmuration/kernel';
import type { CarrierNotice, CarrierWebhook, NoticeAnswer } from './carrier-webhook.client';

export type CarrierVisitsOptions = {
  readonly book: LedgerBook<CarrierLedger>;
  readonly pace: CarrierPace;
  readonly webhook: CarrierWebhook;
  readonly coordination: Coordination;
  readonly failed: (error: unknown, doing: string) => void;
  readonly now?: () => Instant;
};

const NOTICES_PER_REQUEST_MAX = 200;
const REQUESTS_MAX = 4;
const BUSY_PAUSE_MS = 100;
const IDLE_PAUSE_MAX_MS = 250;
const RETRY_MIN_MS = 250;
const RETRY_MAX_MS = 60_000;
/** A carrier that was not heard for a day keeps the parcel. */
const GIVE_UP_MS = 24 * 60 * 60 * 1_000;

type Due = { readonly orderId: string; readonly call: CarrierCall; readonly notice: CarrierNotice };

const EVENT_OF = { 'hand-over': 'handed-over', deliver: 'delivered' } as const;

const dueOf = (orderId: string, ledger: CarrierLedger): readonly Due[] => {
  const call = simulatedCarrier.nextCall(ledger);
  if (call === undefined) return [];
  const { carrierReference, dueAt } = call;
  const event = EVENT_OF[call.call];
  const eventId = derivedId('simulated-carrier', orderId, carrierReference, event);
  return [{ orderId, call, notice: { eventId, orderId, event, carrierReference, occurredAt: dueAt } }];
};

const chunks = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

/** The second try comes soon, and each later one after as long again as it has taken so far. */
const retryAt = ({ dueAt }: CarrierCall, now: Instant): Instant => {
  const lateMs = epochMs(now) - epochMs(dueAt);
  return plusMs(now, Math.min(Math.max(lateMs, RETRY_MIN_MS), RETRY_MAX_MS));
};

/**
 * Lets the simulated carrier come for parcels and deliver them when that is due, in one process at a time. It tells the shop
 * through its webhook, and again until it is heard; a hand-over that the shop refuses leaves the parcel where it is.
 */
export const startCarrierVisits = (options: CarrierVisitsOptions): WorkUnderLease => {
  const { book, pace, webhook, coordination, failed, now = () => instantOfEpochMs(Date.now()) } = options;

  const note = async (answers: readonly { readonly due: Due; readonly answer: NoticeAnswer }[]): Promise<void> => {
    const moment = now();
    const unheard = new Map<string, Instant>();
    const heard: Promise<unknown>[] = [];
    for (const { due, answer } of answers) {
      const { orderId, call } = due;
      const givenUp = epochMs(moment) - epochMs(call.dueAt) > GIVE_UP_MS;
      if (answer === 'failed' && !givenUp) unheard.set(orderId, retryAt(call, moment));
      else {
        const said = answer === 'accepted' ? 'accepted' : 'refused';
        heard.push(
          book.change(orderId, (ledger, at) => ({
            ...{ ledger: simulatedCarrier.called(ledger, call, said, at, pace), result: undefined },
          })),
        );
      }
    }
    await Promise.all([...heard, book.defer(unheard)]);
  };

  /** Returns how many calls were due. */
  const visit = async (): Promise<number> => {
    const ledgers = await book.due(NOTICES_PER_REQUEST_MAX * REQUESTS_MAX);
    const due = ledgers.flatMap(({ id, ledger }) => dueOf(id, ledger));
    await Promise.all(
      chunks(due, NOTICES_PER_REQUEST_MAX).map(async (chunk) => {
        const answers = await webhook(chunk.map(({ notice }) => notice));
        await note(chunk.map((item, index) => ({ due: item, answer: answers[index] ?? 'failed' })));
      }),
    );
    return due.length;
  };

  return workUnderLease({
    ...{ coordination, name: 'simulated-carrier', failed },
    serve: async (term) => {
      let pauseMs = BUSY_PAUSE_MS;
      while (!term.isOver()) {
        const visited = term.isHeld() ? await visit() : 0;
        pauseMs = visited > 0 ? BUSY_PAUSE_MS : Math.min(pauseMs * 2, IDLE_PAUSE_MAX_MS);
        await term.pause(pauseMs);
      }
    },
  });
};
