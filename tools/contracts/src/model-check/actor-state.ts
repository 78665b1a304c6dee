import { instant, plusMs, type Decision, type Instant, type Message } from '@murmuration/kernel';
import type { MessageBook, MessageId } from './message-book';
import type { RuleBook } from './rules';

/** The instant at which everything happens but the firing of deadlines: the search looks at orders of events, not at durations. */
export const NOON = instant('2026-03-01T12:00:00.000Z');

const SECOND_DEADLINE = plusMs(NOON, 60 * 60 * 1000);

/** More rounds than any command needs to name its streams. */
const ROUNDS_MAX = 4;

export type Call = { readonly effect: Message; readonly isOpen: boolean };
export type Deadline = {
  readonly dueAt: Instant;
  readonly isSet: boolean;
  /** Earlier ones that this has taken the place of. Whoever took one up before may still fire it. */
  readonly superseded: readonly Instant[];
};

/** Where what is said is entered, and what is left out of events so that states which differ in nothing else are one. */
export type Recording = { readonly book: MessageBook; readonly merge: (event: Message) => Message };

/** All there is to one service: what it stores, what it still has to do, what its partner has in the books, whom it heard. */
export type ActorState = {
  readonly streams: Readonly<Record<string, unknown>>;
  /** Every call ever intended and every deadline ever set, by key. */
  readonly calls: Readonly<Record<string, Call>>;
  readonly deadlines: Readonly<Record<string, Deadline>>;
  readonly books: unknown;
  /** The partner's: noon, or when the latest deadline of the service fired. */
  readonly clock: Instant;
  readonly heard: readonly MessageId[];
  readonly said: readonly MessageId[];
  /** How often something happened that may only happen so often in a run. */
  readonly spent: Readonly<Record<string, number>>;
};

export const emptyState = ({ partner }: RuleBook): ActorState => ({
  ...{ streams: {}, calls: {}, deadlines: {}, clock: NOON, heard: [], said: [], spent: {} },
  books: partner?.emptyBooks ?? null,
});

/** Decides as the command processor does: streams are read until the command names nothing new. */
export const decideOn = (
  { model }: RuleBook,
  { streams }: ActorState,
  command: Message,
): Decision<Message, Message> => {
  const stateOf = (streamId: string): unknown => streams[streamId] ?? model.initial(streamId);
  let read: ReadonlySet<string> = new Set();
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = read;
    const named = model.streamsOf(command, (streamId) => (before.has(streamId) ? stateOf(streamId) : undefined));
    read = new Set([...before, ...named]);
    if (read.size === before.size) break;
  }
  return model.decide(command, stateOf);
};

/** The state after these events: stored, announced, and taken on as work. */
export const appended = (
  { model, agenda, announce }: RuleBook,
  state: ActorState,
  events: readonly Message[],
  { book, merge }: Recording,
): ActorState => {
  if (events.length === 0) return state;
  const streams = { ...state.streams };
  const calls = { ...state.calls };
  const deadlines = { ...state.deadlines };
  const said = new Set(state.said);
  for (const worded of events) {
    const event = merge(worded);
    const streamId = model.streamOf(event);
    streams[streamId] = model.evolve(streams[streamId] ?? model.initial(streamId), event);
    for (const change of agenda.changesOf(event)) {
      const { key } = change;
      if (change.type === 'effect-opened') calls[key] = { effect: change.effect, isOpen: true };
      if (change.type === 'effect-closed' && calls[key]) calls[key] = { ...calls[key], isOpen: false };
      if (change.type === 'deadline-set') deadlines[key] = deadlineAfter(deadlines[key], change.dueAt);
      if (change.type === 'deadline-cleared' && deadlines[key]) deadlines[key] = { ...deadlines[key], isSet: false };
    }
    const announced = announce(event);
    if (announced !== undefined) said.add(book.idOf(announced, (id) => said.has(id)));
  }
  return { ...state, streams, calls, deadlines, said: inOrder(said) };
};

const deadlineAfter = (before: Deadline | undefined, dueAt: Instant): Deadline => {
  const known = before === undefined ? [] : [...before.superseded, before.dueAt];
  return { dueAt, isSet: true, superseded: [...new Set(known)].filter((earlier) => earlier < dueAt).sort() };
};

/** When a parcel was booked, left and arrived: it may all be late, and only what was agreed before is compared with that. */
const INSTANTS_OF_PARCELS: ReadonlyMap<string, string> = new Map([
  ['ShipmentBooked', 'bookedAt'],
  ['ShipmentDispatched', 'dispatchedAt'],
  ['ShipmentDelivered', 'deliveredAt'],
]);

/** Leaves out nothing. */
export const verbatim = (event: Message): Message => event;

/**
 * Leaves out what no decision looks at: in whose name an order asks to be cancelled and when, the sentence that names the silent
 * step, and when a parcel moved. A second deadline may fire at any moment, as the first one may.
 */
export const withoutWords = (event: Message): Message => {
  const parcelInstant = INSTANTS_OF_PARCELS.get(event.type);
  if (parcelInstant !== undefined) return { ...event, [parcelInstant]: NOON };
  if (event.type === 'OrderCancellationRequested')
    return { ...event, reason: 'customer-requested', requestedAt: NOON, deadlineAt: SECOND_DEADLINE } as Message;
  const isSilence = event.type === 'OrderNeedsAttention' && 'source' in event && event.source === 'deadline';
  return isSilence ? ({ ...event, reason: 'no answer before the deadline' } as Message) : event;
};

export const withHeard = (state: ActorState, message: MessageId): ActorState => ({
  ...state,
  heard: inOrder([...state.heard, message]),
});

export const withSpent = (state: ActorState, what: string): ActorState => ({
  ...state,
  spent: { ...state.spent, [what]: (state.spent[what] ?? 0) + 1 },
});

const inOrder = (ids: Iterable<MessageId>): readonly MessageId[] => [...ids].sort((left, right) => left - right);
