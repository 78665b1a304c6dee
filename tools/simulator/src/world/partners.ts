import {
  AUTHORIZATION_MS,
  EMPTY_PROVIDER_LEDGER,
  simulatedProvider,
  type PaymentEffect,
  type ProviderLedger,
  type ProviderReceipt,
} from '@murmuration/domain-payments';
import {
  EMPTY_CARRIER_LEDGER,
  simulatedCarrier,
  type CarrierEffect,
  type CarrierLedger,
  type CarrierPace,
  type CarrierReceipt,
} from '@murmuration/domain-shipping';
import { derivedId } from '@murmuration/event-store';
import { epochMs, plusMs, type EffectOutcome, type EffectPort, type QueryOutcome } from '@murmuration/kernel';
import type { Fault } from '../faults/faults';
import type { Gateway } from './gateway';
import { outage, type Outage } from './outages';
import type { Fate, Process, Surroundings } from './process';
import type { Tally } from './tally';

/** A payment provider or a carrier: its books, and how a process of the flock calls it. */
export type Partner<Ledger, Effect, Result> = {
  readonly outage: Outage;
  readonly ledgers: ReadonlyMap<string, Ledger>;
  readonly ledgerOf: (orderId: string) => Ledger;
  readonly portOf: (process: Process) => EffectPort<Effect, Result>;
  /** The most calls that were under way at one time since this was last asked. */
  readonly takeBusiest: () => number;
  /** Tells of every call as it begins, whether or not it arrives. */
  readonly onCall: (listener: CallListener) => void;
};

type CallListener = (process: string, key: string, nowMs: number) => void;

export type PaymentProvider = Partner<ProviderLedger, PaymentEffect, ProviderReceipt>;
export type Carrier = Partner<CarrierLedger, CarrierEffect, CarrierReceipt>;

/** What is noted of every call, for whoever draws the run. */
export type CallNote = (call: {
  readonly from: string;
  readonly to: string;
  readonly orderId: string;
  readonly text: string;
}) => void;

const CALL_TIMEOUT_MS = 1_000;
const SHORT_AUTHORIZATION_MAX_MS = 8_000;
const WEBHOOK_MAX_MS = 400;
/** How long an answer lets its own webhook go first, which is less than a caller waits for it. */
const GOES_FIRST_MAX_MS = 600;

const callsTo = ({ time, decisions }: Surroundings, name: string, away: Outage, note: CallNote) => {
  const listeners: CallListener[] = [];
  let underWay = 0;
  let busiest = 0;
  const fateOf = (process: Process, key: string): Fate => {
    const failure = { failure: () => new Error('timeout'), failsAfterMs: CALL_TIMEOUT_MS };
    const strikes = (fault: Fault): boolean => decisions.strikes(fault, `${process.name} ${key}`);
    if (away.isDown() || strikes('call lost')) return { there: 'lost', back: 'lost', ...failure };
    return { there: 'arrives', back: strikes('answer lost') ? 'lost' : 'arrives', ...failure };
  };
  return {
    call: async <Outcome extends { readonly outcome: string }>(
      process: Process,
      { key, orderId, text }: { readonly key: string; readonly orderId: string; readonly text: string },
      serve: () => Outcome | Promise<Outcome>,
    ): Promise<Outcome | { readonly outcome: 'unknown'; readonly reason: string }> => {
      for (const listener of listeners) listener(process.name, key, epochMs(time.now()));
      underWay += 1;
      busiest = Math.max(busiest, underWay);
      try {
        return await process.ask(`${name} ${key}`, serve, fateOf(process, key));
      } catch {
        // A client that hears nothing cannot know what became of its call.
        const [service = '', to] = [process.name.split('-')[0], name === 'carrier' ? name : 'provider'];
        note({ from: service, to, orderId, text: `${text}: no answer` });
        return { outcome: 'unknown', reason: `no answer from the ${name}` };
      } finally {
        underWay -= 1;
      }
    },
    onCall: (listener: CallListener): void => void listeners.push(listener),
    takeBusiest: () => {
      const most = busiest;
      busiest = underWay;
      return most;
    },
    now: time.now,
  };
};

export const paymentProvider = (
  surroundings: Surroundings,
  gateway: Gateway,
  note: CallNote,
  tally: Tally,
): PaymentProvider => {
  const { time, decisions } = surroundings;
  const ledgers = new Map<string, ProviderLedger>();
  const away = outage(time);
  const { call, takeBusiest, onCall } = callsTo(surroundings, 'payment provider', away, note);
  const ledgerOf = (orderId: string): ProviderLedger => ledgers.get(orderId) ?? EMPTY_PROVIDER_LEDGER;

  const report = (key: string, orderId: string, outcome: EffectOutcome<ProviderReceipt>) => {
    const command = { type: 'ReportProviderOutcome', orderId, key, outcome, now: time.now() };
    return gateway.execute('payments', command, { commandId: derivedId('psp', key, outcome.outcome), orderId });
  };

  /** The provider tells of its own accord what it answers, once or twice or never; resolves when its answer may go out. */
  const tell = async (key: string, orderId: string, outcome: EffectOutcome<ProviderReceipt>): Promise<void> => {
    if (outcome.outcome !== 'done' && outcome.outcome !== 'refused') return;
    if (decisions.strikes('webhook never', key)) return;
    const isEarly = decisions.strikes('webhook early', key);
    const times = decisions.strikes('webhook twice', key) ? 2 : 1;
    for (let nth = isEarly ? 1 : 0; nth < times; nth++)
      time.after(decisions.integer(`webhook ${key}`, 5, WEBHOOK_MAX_MS), () => void report(key, orderId, outcome));
    if (!isEarly) return;
    await new Promise<void>((goesOut) => {
      const stopWaiting = time.after(GOES_FIRST_MAX_MS, goesOut);
      void report(key, orderId, outcome).then((heard) => {
        stopWaiting();
        if (heard !== 'no-answer' && heard.outcome === 'accepted') tally.add('webhook heard before its answer');
        goesOut();
      });
    });
  };

  const perform = async (key: string, effect: PaymentEffect, isShort: boolean) => {
    const { orderId } = effect;
    // To authorise as if that had been long ago makes the authorisation end soon.
    const sinceMs = AUTHORIZATION_MS - decisions.integer(`authorisation ${key}`, 500, SHORT_AUTHORIZATION_MAX_MS);
    const now = isShort ? plusMs(time.now(), -sinceMs) : time.now();
    const before = ledgerOf(orderId);
    const { ledger, outcome } = simulatedProvider.perform(before, key, effect, now);
    ledgers.set(orderId, ledger);
    note({ from: 'payments', to: 'provider', orderId, text: `${key}: ${outcome.outcome}` });
    const answer = ledger.entries[key]?.answer;
    if (answer !== undefined && before.entries[key]?.answer === undefined) await tell(key, orderId, answer);
    return outcome;
  };

  return {
    outage: away,
    takeBusiest,
    onCall,
    ledgers,
    ledgerOf,
    portOf: (process) => ({
      perform: (key, effect) => {
        const isShort = effect.type === 'authorize' && decisions.strikes('authorisation short', key);
        return call(process, { key, orderId: effect.orderId, text: key }, () => perform(key, effect, isShort));
      },
      query: (key, { orderId }): Promise<QueryOutcome<ProviderReceipt>> =>
        call(process, { key, orderId, text: `ask about ${key}` }, () => {
          const outcome = simulatedProvider.query(ledgerOf(orderId), key);
          note({ from: 'payments', to: 'provider', orderId, text: `ask about ${key}: ${outcome.outcome}` });
          return outcome;
        }),
    }),
  };
};

/** Comes for every parcel that is booked with it, and delivers it, at its own pace. */
export const carrier = (surroundings: Surroundings, gateway: Gateway, pace: CarrierPace, note: CallNote): Carrier => {
  const { time } = surroundings;
  const ledgers = new Map<string, CarrierLedger>();
  const away = outage(time);
  const { call, takeBusiest, onCall } = callsTo(surroundings, 'carrier', away, note);
  const ledgerOf = (orderId: string): CarrierLedger => ledgers.get(orderId) ?? EMPTY_CARRIER_LEDGER;

  const visit = async (orderId: string): Promise<void> => {
    const next = simulatedCarrier.nextCall(ledgerOf(orderId));
    if (next === undefined || next.dueAt > time.now()) return;
    const { carrierReference } = next;
    const command =
      next.call === 'hand-over'
        ? { type: 'DispatchShipment', orderId, carrierReference, now: time.now() }
        : { type: 'DeliverShipment', orderId, now: time.now() };
    const answer = await gateway.execute('shipping', command, {
      commandId: derivedId('carrier', next.call, carrierReference),
      orderId,
    });
    if (answer === 'no-answer') return plan(orderId);
    const heard = answer.outcome === 'rejected' ? 'refused' : 'accepted';
    note({ from: 'carrier', to: 'shipping', orderId, text: `${next.call}: ${heard}` });
    ledgers.set(orderId, simulatedCarrier.called(ledgerOf(orderId), next, heard, time.now(), pace));
    plan(orderId);
  };
  const plan = (orderId: string): void => {
    const next = simulatedCarrier.nextCall(ledgerOf(orderId));
    if (next === undefined) return;
    const inMs = Math.max(0, Date.parse(next.dueAt) - Date.parse(time.now()));
    time.after(inMs, () => void visit(orderId));
  };

  return {
    outage: away,
    takeBusiest,
    onCall,
    ledgers,
    ledgerOf,
    portOf: (process) => ({
      perform: (key, effect) =>
        call(process, { key, orderId: effect.orderId, text: key }, () => {
          const before = ledgerOf(effect.orderId);
          const { ledger, outcome } = simulatedCarrier.perform(before, key, effect, time.now(), pace);
          ledgers.set(effect.orderId, ledger);
          note({ from: 'shipping', to: 'carrier', orderId: effect.orderId, text: `${key}: ${outcome.outcome}` });
          if (ledger.bookings.length > before.bookings.length) plan(effect.orderId);
          return outcome;
        }),
      query: (key, { orderId }): Promise<QueryOutcome<CarrierReceipt>> =>
        call(process, { key, orderId, text: `ask about ${key}` }, () => {
          const outcome = simulatedCarrier.query(ledgerOf(orderId), key);
          note({ from: 'shipping', to: 'carrier', orderId, text: `ask about ${key}: ${outcome.outcome}` });
          return outcome;
        }),
    }),
  };
};
