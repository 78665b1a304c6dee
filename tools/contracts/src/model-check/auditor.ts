import type { Heard, IntegrationEvent } from '@murmuration/contracts';
import { auditOrder, auditStock, type Finding } from '@murmuration/domain-projections';
import { assert } from '@murmuration/kernel';
import type { Step } from './actor';
import { NOON, type ActorState } from './actor-state';
import { AT_ANY_TIME, AT_REST, isStuck, type Look, type Rule } from './invariants';
import { lookAtOrder, lookAtPayment, lookAtShipment, lookAtStock } from './looks';
import type { MessageId } from './message-book';
import type { DecidingService } from './rules';
import { orderedIn } from './scenarios';
import type { World, WorldState } from './world';

/** Something that must not be; where a step itself is wrong, whose and which. */
export type Flaw = { readonly text: string; readonly actorIndex?: number; readonly step?: Step };

/** Judges states of the world, each in a sentence that begins with the invariant. */
export type Auditor = {
  readonly atAnyTime: (state: WorldState) => string | undefined;
  /** Nothing more is due: every message was heard, every call answered, every deadline fired. */
  readonly atRest: (state: WorldState) => string | undefined;
  readonly outcomeOf: (state: WorldState) => string;
  /** All that the rules look at, as a text. */
  readonly seenIn: (state: WorldState) => string;
};

export type AuditOptions = {
  /** Whether a run may end in another way than its scenario says: where more goes wrong than the scenario speaks of. */
  readonly isAnyEndAllowed?: boolean;
};

const SERVICES = ['orders', 'inventory', 'payments', 'shipping'] as const;
/** What is seen and said is numbered below this, so that four numbers fit in one. */
const IDS_MAX = 1 << 13;

/** The invariants I1 to I3, I4 and I7 over what the services said, what they store, and what the partners have in the books. */
export const auditorOf = (world: World, { isAnyEndAllowed = false }: AuditOptions = {}): Auditor => {
  const orderIds = [...new Set(world.actors.filter(({ isShared }) => !isShared).map(({ orderId }) => orderId))];
  const audits = orderIds.map((orderId) => auditOf(world, orderId));
  const first = (judge: (audit: ReturnType<typeof auditOf>) => string | undefined): string | undefined => {
    for (const audit of audits) {
      const text = judge(audit);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  const outcomeOf = (state: WorldState): string => audits.map((audit) => audit.outcomeOf(state)).join(' and ');
  const unexpected = (state: WorldState): string | undefined => {
    const outcome = outcomeOf(state);
    return isAnyEndAllowed || world.scenario.endsAs.includes(outcome) ? undefined : `I4: a run ends as ${outcome}`;
  };
  return {
    atAnyTime: (state) => first((audit) => audit.atAnyTime(state)),
    atRest: (state) => waiting(world, state) ?? first((audit) => audit.atRest(state)) ?? unexpected(state),
    outcomeOf,
    seenIn: (state) => JSON.stringify(audits.map((audit) => audit.lookAt(state))),
  };
};

/** Nothing is due and a call is open all the same: no answer will ever close it. */
const waiting = ({ actors }: World, state: WorldState): string | undefined => {
  for (const [index, { name, node }] of actors.entries()) {
    const { calls } = node(state[index]!).state; // because a state has a number for each actor
    const open = Object.entries(calls).find(([, { isOpen }]) => isOpen);
    if (open !== undefined) return `I4: ${name} waits for ever for an answer to ${open[0]}`;
  }
  return undefined;
};

const auditOf = (world: World, orderId: string) => {
  const indexOf = (service: DecidingService): number =>
    world.actors.findIndex((one) => one.rules.service === service && (one.isShared || one.orderId === orderId));
  const places = SERVICES.map(indexOf);
  const [orders, inventory, payments, shipping] = places as [number, number, number, number]; // because there are four services
  const nodeAt = (index: number, state: WorldState) => world.actors[index]!.node(state[index]!); // because a state has a number for each actor

  /** What is seen of an actor, numbered, so that states are told apart by four numbers. */
  const seen = <Seen extends object>(index: number, look: (state: ActorState, orderId: string) => Seen) => {
    const numbers = new Map<string, number>();
    const seenAt: { readonly look: Seen; readonly id: number }[] = [];
    return (state: WorldState): { readonly look: Seen; readonly id: number } => {
      const at = state[index]!; // because a state has a number for each actor
      const known = seenAt[at];
      if (known !== undefined) return known;
      const made = look(world.actors[index]!.node(at).state, orderId); // because the index is an actor's
      const text = JSON.stringify(made);
      const id = numbers.get(text) ?? numbers.size;
      assert(id < IDS_MAX, 'the number of a look fits');
      numbers.set(text, id);
      return (seenAt[at] = { look: made, id });
    };
  };
  const [order, stock, payment, shipment] = [
    seen(orders, lookAtOrder),
    seen(inventory, lookAtStock),
    seen(payments, lookAtPayment),
    seen(shipping, lookAtShipment),
  ] as const;

  const ordered = orderedIn(world.scenario, orderId);
  const lookAt = (state: WorldState): Look => ({
    ...order(state).look,
    ...stock(state).look,
    ...payment(state).look,
    ...shipment(state).look,
    ordered,
  });

  const judged = (rules: readonly Rule[]) => {
    const known = new Map<number, string | undefined>();
    return (state: WorldState): string | undefined => {
      const [first, second, third, fourth] = [order(state), stock(state), payment(state), shipment(state)];
      const ids = ((first.id * IDS_MAX + second.id) * IDS_MAX + third.id) * IDS_MAX + fourth.id;
      if (known.has(ids)) return known.get(ids);
      const look = lookAt(state);
      const flaw = rules.map((rule) => rule(look)).find((text) => text !== undefined);
      known.set(ids, flaw);
      return flaw;
    };
  };

  const said = (atRest: boolean) => {
    const known = new Map<number, string | undefined>();
    return (state: WorldState): string | undefined => {
      let set = 0;
      for (const index of places) {
        const { saidId } = nodeAt(index, state);
        assert(saidId < IDS_MAX, 'the number of a set of messages fits');
        set = set * IDS_MAX + saidId;
      }
      if (known.has(set)) return known.get(set);
      const heard = heardOf(places.flatMap((index) => nodeAt(index, state).state.said));
      const flaw = textOf([...auditOrder(heard.filter(isOurs), { atRest }), ...auditStock(heard)]);
      known.set(set, flaw);
      return flaw;
    };
  };

  const heardOf = (messages: readonly MessageId[]): readonly Heard[] =>
    messages.map((message) => asHeard(message, world.book.at(message).event));
  const isOurs = ({ data }: Heard): boolean => (data as { readonly orderId?: string }).orderId === orderId;

  const [saidAtAnyTime, saidAtRest] = [said(false), said(true)];
  const [looksAtAnyTime, looksAtRest] = [judged(AT_ANY_TIME), judged(AT_REST)];
  return {
    atAnyTime: (state: WorldState) => looksAtAnyTime(state) ?? saidAtAnyTime(state),
    // What a service that waits for a person has not said yet is no finding.
    atRest: (state: WorldState) => looksAtRest(state) ?? (isStuck(lookAt(state)) ? undefined : saidAtRest(state)),
    lookAt,
    outcomeOf: (state: WorldState) => {
      const { end, needsAttention } = order(state).look;
      return end ?? (needsAttention ? 'needs-attention' : 'open');
    },
  };
};

const asHeard = (id: MessageId, { name, data }: IntegrationEvent): Heard => ({
  ...{ id: String(id), name, data, source: name, time: NOON, correlationId: '', causationId: '', hop: 0 },
  subject: (data as { readonly orderId?: string }).orderId ?? '', // because every event about an order names it so
});

const textOf = ([first]: readonly Finding[]): string | undefined =>
  first === undefined ? undefined : `${first.invariant}: ${first.finding}`;
