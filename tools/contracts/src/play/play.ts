import { keyOf, type IntegrationEvent } from '@murmuration/contracts';
import { AGENDA_LIMITS } from '@murmuration/effects';
import { ORDER_DEADLINE_MS } from '@murmuration/domain-orders';
import { assert, epochMs, instant, plusMs, type Instant, type Message, type SettledEffect } from '@murmuration/kernel';
import type { SequenceMessage } from '../draw/sequence-diagram';
import { actorOf, type Actor, type OpenEffect } from './actor';
import { CAST } from './cast';
import { wordOf } from '../check/choreography';
import { outsideOf } from './outside';
import type { Cause, Decided, Played } from './record';
import { CUSTOMER, type Act, type Script } from './script';

const BEGIN = instant('2026-03-01T09:30:00.000Z');
const ORDER = '0d9f3a52-6f0e-5c41-9a57-3f2f0f7e1c11';
const STOCK = 10;
/** More than any script takes, so that a play that turns in a circle ends. */
const TURNS_MAX = 5_000;
/** A silent partner is asked again and again; only the first times are drawn. */
const ASKED_DRAWN_MAX = 2;

type Delivery = { readonly event: IntegrationEvent; readonly from: string; readonly to: Actor };
type Retry = { readonly call: 'perform' | 'query'; readonly at: Instant; readonly attempts: number };

export type PlayOptions = {
  /** Every event is delivered twice in a row. */
  readonly twice?: boolean;
};

/** Plays one order from its submission until nothing is left to happen, with the real rules, on a clock of its own. */
export const play = (script: Script, { twice = false }: PlayOptions = {}): Played => {
  const outside = outsideOf(script);
  const actors = CAST.map(actorOf);
  const messages: SequenceMessage[] = [];
  const decisions: Decided[] = [];
  const queue: Delivery[] = [];
  const late: Delivery[] = [];
  const retries = new Map<string, Retry>();
  const deadlines: { service: string; key: string }[] = [];
  const calls: { service: string; key: string; call: string }[] = [];
  const unheard: Delivery[] = [];
  let deaf = script.deaf ?? [];
  let acts = script.acts ?? [];
  let now = BEGIN;

  const actor = (service: string): Actor => {
    const found = actors.find((candidate) => candidate.service === service);
    assert(found !== undefined, `a service ${service} in the play`);
    return found;
  };
  const draw = (from: string, to: string, text: string, kind: NonNullable<SequenceMessage['kind']>): void =>
    void messages.push({ from, to, text, kind });

  const decide = (by: Actor, command: Message, cause: Cause): string | undefined => {
    const before = new Set(by.deadlines.keys());
    const verdict = by.decide(command, now);
    if (verdict.rejected !== undefined) return verdict.rejected.type;
    decisions.push({ service: by.service, cause, stored: verdict.stored, said: verdict.said });
    for (const key of by.deadlines.keys()) if (!before.has(key)) deadlines.push({ service: by.service, key });
    for (const said of verdict.said) announce(by, said);
    return undefined;
  };

  const announce = (by: Actor, event: IntegrationEvent): void => {
    if (keyOf(event) !== ORDER) return;
    const hearers = actors.filter(({ reactions }) => reactions.has(event.name));
    if (hearers.length === 0) draw(by.service, 'projections', wordOf(event.name), 'event');
    for (const to of hearers) {
      const isLate = script.late?.some((one) => one.event === event.name && one.to === to.service) ?? false;
      (isLate ? late : queue).push({ event, from: by.service, to });
    }
    perform(({ after }) => after === event.name);
  };

  const perform = (isDue: (act: Act) => boolean): boolean => {
    const act = acts.find(isDue);
    if (act === undefined) return false;
    acts = acts.filter((other) => other !== act);
    if (act.allAreBack) comeBack();
    draw(act.by, act.service, act.says, 'call');
    const command = act.command(ORDER, now);
    const refused = decide(actor(act.service), command, { kind: 'command', type: command.type });
    if (refused !== undefined) draw(act.service, act.by, `refused: ${refused}`, 'answer');
    return true;
  };

  const comeBack = (): void => {
    outside.comeBack();
    deaf = [];
    queue.push(...unheard.splice(0));
  };

  const deliver = (delivery: Delivery): void => {
    const { event, from, to } = delivery;
    if (deaf.includes(to.service)) {
      unheard.push(delivery);
      return draw(from, to.service, `${wordOf(event.name)}, unheard`, 'event');
    }
    draw(from, to.service, wordOf(event.name), 'event');
    const reaction = to.reactions.get(event.name);
    assert(reaction !== undefined, `a reaction of ${to.service} to ${event.name}`);
    const heard = {
      id: ORDER,
      source: from,
      subject: ORDER,
      time: now,
      correlationId: ORDER,
      causationId: ORDER,
      hop: 1,
    };
    for (let time = 0; time < (twice ? 2 : 1); time++)
      for (const command of reaction.react({ ...heard, ...event }, now)) {
        const refused = decide(to, command, { kind: 'heard', step: reaction.step });
        if (refused !== undefined && time === 0) hearRefusal(to, refused, reaction.stale);
      }
  };

  const hearRefusal = (by: Actor, refused: string, stale: ReadonlySet<string>): void => {
    assert(stale.has(refused), `${by.service} refuses only what is stale, got ${refused}`);
    draw(by.service, by.service, `too late: ${refused}`, 'note');
  };

  const retryId = (by: Actor, { key }: OpenEffect): string => `${by.service} ${key}`;

  const call = (by: Actor, open: OpenEffect): void => {
    const { call: how, attempts } = retries.get(retryId(by, open)) ?? { call: 'perform', attempts: 0 };
    const { type } = open.effect;
    const partner = outside.partnerOf(by.service);
    const isDrawn = attempts < ASKED_DRAWN_MAX;
    if (attempts === 0 && how === 'perform') calls.push({ service: by.service, key: open.key, call: type });
    if (isDrawn) draw(by.service, partner, how === 'perform' ? type : `what became of ${type}?`, 'call');
    const answer = outside.ask(how, by.service, open.key, open.effect, now);
    if (isDrawn) draw(partner, by.service, toldAnswer(answer), 'answer');
    if (answer.outcome === 'done' || answer.outcome === 'refused') return settle(by, open, answer);
    const reason = answer.outcome === 'not-found' ? 'the other side never heard of it' : answer.reason;
    if (epochMs(now) - epochMs(open.openedAt) >= AGENDA_LIMITS.budgetMs) {
      draw(by.service, by.service, 'asked again and again for six hours', 'note');
      return settle(by, open, { outcome: 'gave-up', reason });
    }
    const { backoffMs, backoffMaxMs } = AGENDA_LIMITS;
    const pauseMs = answer.outcome === 'not-found' ? 0 : Math.min(backoffMs * 2 ** attempts, backoffMaxMs);
    const next = answer.outcome === 'unknown' ? 'query' : 'perform';
    retries.set(retryId(by, open), { call: next, at: plusMs(now, pauseMs), attempts: attempts + 1 });
  };

  const settle = (by: Actor, open: OpenEffect, outcome: SettledEffect<unknown>): void => {
    retries.delete(retryId(by, open));
    const command = by.agenda.settle(open, outcome, now);
    decide(by, command, { kind: 'answer', key: open.key, call: open.effect.type });
  };

  const fire = (by: Actor, key: string, dueAt: Instant): void => {
    draw(by.service, by.service, `${key.slice(0, key.indexOf(':'))} is over`, 'note');
    by.deadlines.delete(key);
    decide(by, by.agenda.fire({ key, dueAt }, now), { kind: 'deadline', key });
  };

  const visit = (): void => {
    const due = outside.nextVisit();
    if (due === undefined) return;
    draw('carrier', 'shipping', due.call === 'hand-over' ? 'takes the parcel' : 'has delivered the parcel', 'call');
    const type = due.call === 'hand-over' ? 'DispatchShipment' : 'DeliverShipment';
    const command = { type, orderId: ORDER, carrierReference: due.carrierReference, now } as Message;
    const refused = decide(actor('shipping'), command, { kind: 'command', type });
    if (refused !== undefined) draw('shipping', 'carrier', `refused: ${refused}`, 'answer');
    outside.visited(due, refused === undefined ? 'accepted' : 'refused', now);
  };

  /** All that waits for its time: calls to make or to repeat, deadlines, and the carrier on its way. */
  const agenda = (): readonly { readonly at: Instant; readonly happen: () => void }[] => {
    const visitAt = outside.nextVisit()?.dueAt;
    return [
      ...actors.flatMap((by) =>
        [...by.effects.values()].map((open) => ({
          at: retries.get(retryId(by, open))?.at ?? now,
          happen: () => call(by, open),
        })),
      ),
      ...(visitAt === undefined ? [] : [{ at: visitAt, happen: visit }]),
      ...actors.flatMap((by) =>
        [...by.deadlines].map(([key, dueAt]) => ({ at: dueAt, happen: () => fire(by, key, dueAt) })),
      ),
    ];
  };

  const turn = (): boolean => {
    const delivery = queue.shift();
    if (delivery !== undefined) return (deliver(delivery), true);
    const due = agenda();
    const ready = due.find(({ at }) => at <= now);
    if (ready !== undefined) return (ready.happen(), true);
    const kept = late.shift();
    if (kept !== undefined) return (deliver(kept), true);
    const next = due.reduce<Instant | undefined>(
      (first, { at }) => (first === undefined || at < first ? at : first),
      undefined,
    );
    if (next === undefined) return perform(({ after }) => after === 'all-else');
    now = next;
    return true;
  };

  actor('inventory').decide({ type: 'ReceiveStock', sku: 'KETTLE', quantity: STOCK, now } as Message, now);
  acts = [placing(script), ...acts];
  perform(() => true);
  for (let turns = 0; turn(); turns++) assert(turns < TURNS_MAX, `the play ${script.name} ends`);
  return {
    orderId: ORDER,
    messages,
    decisions,
    deadlines,
    calls,
    stateOf: (service, stream) => actor(service).stateOf(stream),
  };
};

const toldAnswer = (answer: { readonly outcome: string; readonly reason?: string }): string => {
  if (answer.outcome === 'done') return 'done';
  if (answer.outcome === 'refused') return `refused: ${answer.reason ?? ''}`;
  if (answer.outcome === 'not-found') return 'never heard of it';
  return answer.outcome === 'unknown' ? 'no answer' : 'not yet';
};

const placing = ({ token = 'tok_ok', country = 'AT', quantity = 2, deadlineMs = ORDER_DEADLINE_MS }: Script): Act => ({
  after: 'all-else',
  by: 'customer',
  service: 'orders',
  says: 'places an order',
  command: (orderId, now) =>
    ({
      ...{ type: 'PlaceOrder', orderId, customerId: CUSTOMER, currency: 'EUR', paymentToken: token, deadlineMs, now },
      shipTo: { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country },
      lines: [{ sku: 'KETTLE', quantity, unitPriceMinor: 3490 }],
    }) as Message,
});
