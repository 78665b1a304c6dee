import {
  type EventStore,
  commandProcessor,
  derivedId,
  jsonCodec,
  memoryEventStore,
  stateCache,
} from '@murmuration/event-store';
import {
  type Agenda,
  type DecisionModel,
  type EffectOutcome,
  type EffectPort,
  type Instant,
  type QueryOutcome,
  type SettledEffect,
  accept,
  assert,
  instant,
  reject,
  unreachable,
} from '@murmuration/kernel';
import { type ManualClock, manualClock } from '@murmuration/testing';
import { AGENDA_LIMITS, type AgendaLimits } from '../agenda-limits';
import type { AgendaListener } from '../agenda-listener';
import type { AgendaStore } from '../agenda-store.port';
import { memoryAgendaStore } from '../memory/memory-agenda-store';
import { AgendaCore } from './agenda-core';

/** A ticket office: a seat is charged at a provider, and a seat that is held must be paid by an instant. */
export type SeatEvent =
  | { readonly type: 'ChargeRequested' | 'ChargeRetried'; readonly seat: string }
  | { readonly type: 'Charged'; readonly seat: string; readonly receipt: string }
  | { readonly type: 'ChargeRefused'; readonly seat: string; readonly reason: string }
  | { readonly type: 'ChargeAbandoned'; readonly seat: string; readonly reason: string }
  | { readonly type: 'SeatHeld'; readonly seat: string; readonly until: Instant }
  | { readonly type: 'SeatPaid'; readonly seat: string }
  | { readonly type: 'HoldLapsed'; readonly seat: string };
export type SeatCommand =
  | { readonly type: 'RequestCharge' | 'RetryCharge'; readonly seat: string }
  | { readonly type: 'SettleCharge'; readonly seat: string; readonly outcome: SettledEffect<string> }
  | { readonly type: 'HoldSeat'; readonly seat: string; readonly until: Instant }
  | { readonly type: 'PaySeat'; readonly seat: string }
  | { readonly type: 'LapseHold'; readonly seat: string; readonly now: Instant };
export type SeatEffect = { readonly type: 'charge'; readonly seat: string };
type Seat = { readonly charging: boolean; readonly heldUntil?: Instant };

export const seatCodec = jsonCodec<SeatEvent>({
  ...{ ChargeRequested: { version: 1 }, Charged: { version: 1 }, ChargeRefused: { version: 1 } },
  ...{
    ChargeAbandoned: { version: 1 },
    ChargeRetried: { version: 1 },
    SeatHeld: { version: 1 },
    SeatPaid: { version: 1 },
    HoldLapsed: { version: 1 },
  },
});

const settled = (seat: string, outcome: SettledEffect<string>): SeatEvent => {
  if (outcome.outcome === 'done') return { type: 'Charged', seat, receipt: outcome.result };
  return { type: outcome.outcome === 'refused' ? 'ChargeRefused' : 'ChargeAbandoned', seat, reason: outcome.reason };
};

export const seatModel: DecisionModel<SeatCommand, SeatEvent, Seat, { readonly type: 'HoldIsOver' }> = {
  streamsOf: ({ seat }) => [seat],
  streamOf: ({ seat }) => seat,
  initial: () => ({ charging: false }),
  evolve: (state, event) => {
    switch (event.type) {
      case 'ChargeRequested':
      case 'ChargeRetried':
        return { ...state, charging: true };
      case 'Charged':
      case 'ChargeRefused':
      case 'ChargeAbandoned':
        return { ...state, charging: false };
      case 'SeatHeld':
        return { ...state, heldUntil: event.until };
      case 'SeatPaid':
      case 'HoldLapsed':
        return { charging: state.charging };
    }
  },
  decide: (command, stateOf) => {
    const { seat } = command;
    const { charging, heldUntil } = stateOf(seat);
    switch (command.type) {
      case 'RequestCharge':
        return accept({ type: 'ChargeRequested', seat });
      case 'RetryCharge':
        return accept({ type: 'ChargeRetried', seat });
      case 'SettleCharge':
        return charging ? accept(settled(seat, command.outcome)) : accept();
      case 'HoldSeat':
        return accept({ type: 'SeatHeld', seat, until: command.until });
      case 'PaySeat':
        return heldUntil === undefined ? reject({ type: 'HoldIsOver' }) : accept({ type: 'SeatPaid', seat });
      case 'LapseHold':
        return heldUntil !== undefined && heldUntil <= command.now ? accept({ type: 'HoldLapsed', seat }) : accept();
      default:
        return unreachable(command);
    }
  },
};

export const seatAgenda: Agenda<SeatEvent, SeatCommand, SeatEffect, string> = {
  changesOf: (event) => {
    const { type, seat } = event;
    switch (type) {
      case 'ChargeRequested':
        return [{ type: 'effect-opened', key: `charge:${seat}`, effect: { type: 'charge', seat } }];
      case 'ChargeRetried':
        return [{ type: 'effect-opened', key: `charge:${seat}`, effect: { type: 'charge', seat }, askFirst: true }];
      case 'Charged':
      case 'ChargeRefused':
      case 'ChargeAbandoned':
        return [{ type: 'effect-closed', key: `charge:${seat}` }];
      case 'SeatHeld':
        return [{ type: 'deadline-set', key: `hold:${seat}`, dueAt: event.until }];
      case 'SeatPaid':
      case 'HoldLapsed':
        return [{ type: 'deadline-cleared', key: `hold:${seat}` }];
    }
  },
  settle: ({ effect }, outcome) => ({ type: 'SettleCharge', seat: effect.seat, outcome }),
  fire: ({ key }, now) => ({ type: 'LapseHold', seat: key.slice('hold:'.length), now }),
};

const UNCLEAR = { outcome: 'unknown', reason: 'timeout' } as const;

/** A provider that charges each key once; scripts say how it answers. */
export class Provider implements EffectPort<SeatEffect, string> {
  readonly charges = new Map<string, string>();
  readonly calls: string[] = [];
  /** Consulted before the provider does anything; a string is thrown. */
  down: (() => EffectOutcome<string> | undefined) | undefined;
  /** Answers given after the charge was made. */
  afterCharge: EffectOutcome<string>[] = [];
  /** While set, no call is answered. */
  silent = false;

  async perform(key: string): Promise<EffectOutcome<string>> {
    this.calls.push(`perform ${key}`);
    const refusal = this.down?.();
    if (refusal !== undefined) return refusal;
    if (!this.charges.has(key)) this.charges.set(key, `receipt-${this.charges.size + 1}`);
    if (this.silent) return new Promise(() => undefined);
    return this.afterCharge.shift() ?? { outcome: 'done', result: this.charges.get(key)! };
  }

  async query(key: string): Promise<QueryOutcome<string>> {
    this.calls.push(`query ${key}`);
    const refusal = this.down?.();
    if (refusal !== undefined) return refusal;
    const receipt = this.charges.get(key);
    return receipt === undefined ? { outcome: 'not-found' } : { outcome: 'done', result: receipt };
  }

  timeout(): EffectOutcome<string> {
    return UNCLEAR;
  }
}

type TermOptions = { readonly mayCall?: () => boolean; readonly agenda?: typeof seatAgenda };

export type World = ReturnType<typeof newWorld>;

/** One service with its log, its agenda and a provider, on clocks that stand still until they are moved. */
export const newWorld = (overrides: Partial<AgendaLimits> = {}) => {
  const database: ManualClock = manualClock(instant('2026-03-01T09:30:00.000Z'));
  const monotonic: ManualClock = manualClock(instant('2000-01-01T00:00:00.000Z'));
  const store: EventStore = memoryEventStore({ now: database.now });
  const agendaStore: AgendaStore = memoryAgendaStore({ now: database.now });
  const provider = new Provider();
  const { execute } = commandProcessor(seatModel, seatCodec, store, stateCache(), { chance: () => 0 });
  const limits: AgendaLimits = { ...AGENDA_LIMITS, ...overrides };
  const heard: string[] = [];
  const listener: AgendaListener = {
    settled: (_, key, outcome) => heard.push(`settled ${key} ${outcome}`),
    fired: (key) => heard.push(`fired ${key}`),
    stale: (key) => heard.push(`stale ${key}`),
    paused: () => heard.push('paused'),
  };
  let commands = 0;
  return {
    ...{ database, monotonic, store, agendaStore, provider, heard, limits },
    execute,
    gates: { caughtUp: true, storeDown: false, seatsDown: new Set<string>() },

    term(epoch: number, { mayCall = () => true, agenda = seatAgenda }: TermOptions = {}) {
      return new AgendaCore<SeatEvent, SeatCommand, SeatEffect, string>({
        ...{ service: 'seats', logPartition: 0, epoch, log: store, agendaStore, agenda, codec: seatCodec },
        ...{ port: provider, limits, listener, mayCall, wake: () => undefined, chance: () => 1 },
        execute: (envelope) =>
          this.gates.storeDown || this.gates.seatsDown.has(envelope.command.seat)
            ? Promise.reject(new Error('the store is down'))
            : execute(envelope),
        monotonicMs: monotonic.epochMs,
        caughtUp: () => this.gates.caughtUp,
      });
    },

    async started(epoch: number, options: TermOptions = {}) {
      const core = this.term(epoch, options);
      assert((await core.start()) === 'started', 'the term to begin');
      return core;
    },

    async tell(command: SeatCommand) {
      return execute({
        ...{ commandId: derivedId('told', String(commands++)), command },
        metadata: { correlationId: `saga-${command.seat}`, causationId: 'test', actor: 'test', hop: 3 },
      });
    },

    async events(): Promise<readonly SeatEvent['type'][]> {
      return (await store.readLog(0, 0, 10_000)).map(({ type }) => type as SeatEvent['type']);
    },

    /** Lets time pass by, with as many steps as the core asks for. */
    async pass(core: AgendaCore<SeatEvent, SeatCommand, SeatEffect, string>, durationMs: number) {
      let leftMs = durationMs;
      for (;;) {
        const stepped = await core.step();
        await new Promise(setImmediate);
        const { outcome, ...rest } = await core.step();
        if (stepped.outcome === 'fenced' || outcome === 'fenced') return 'fenced';
        if (leftMs <= 0) return 'passed';
        const nextInMs = 'nextInMs' in rest ? rest.nextInMs : 0;
        const passingMs = Math.min(Math.max(Math.ceil(nextInMs), 1), leftMs);
        this.wait(passingMs);
        leftMs -= passingMs;
      }
    },

    wait(durationMs: number) {
      database.advance(durationMs);
      monotonic.advance(durationMs);
    },
  };
};
