import type { Instant, Message } from '@murmuration/kernel';
import { contractOf } from './catalogue';
import { reactionsByEvent, type Reactions } from './reactions';
import { decodeRecord, type Decoded, type Heard } from './record';
import { STEPS } from './steps';

/** A service with declared steps. */
export type HearingService = keyof typeof STEPS;

/** The names of the events that a service's declared steps hear. */
export const heardBy = (service: HearingService): readonly string[] =>
  STEPS[service].flatMap(({ hears }) => [...hears]);

/** The names of the events that one declared step hears. */
export const heardByStep = <Service extends HearingService>(
  service: Service,
  step: (typeof STEPS)[Service][number]['name'],
): readonly string[] => STEPS[service].find(({ name }) => name === step)?.hears ?? [];

/** The topics that carry these events. */
export const topicsOf = (events: readonly string[]): readonly string[] => [
  ...new Set(events.flatMap((name) => contractOf(name)?.topic ?? [])),
];

/** What a service's step does about an event it heard: commands in order, and the rejections that only mean it came late. */
export type BoundReaction<Command extends Message = Message> = {
  readonly step: string;
  readonly commands: readonly Command[];
  readonly stale: ReadonlySet<string>;
};

/** What a service's step does about an event; nothing where no step hears it. */
export const reactingTo = <Service extends HearingService, Command extends Message, Rejection extends Message>(
  reactions: Reactions<Service, Command, Rejection>,
  now: () => Instant,
): ((heard: Heard) => BoundReaction<Command> | undefined) => {
  const byEvent = reactionsByEvent<Service, Command, Rejection>(reactions);
  return (heard) => {
    const reaction = byEvent.get(heard.name);
    if (reaction === undefined) return undefined;
    return { step: reaction.step, commands: reaction.react(heard, now()), stale: reaction.stale };
  };
};

/** A record as it comes, as far as its meaning depends on it. */
export type RecordToRead = {
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** UTF-8 text or its bytes. */
  readonly value: { toString(encoding: 'utf8'): string } | null;
};

/** What a service makes of a record. */
export type ReadRecord<Command extends Message = Message> =
  | { readonly kind: 'heard'; readonly heard: Heard; readonly reaction: BoundReaction<Command> }
  | { readonly kind: 'ignored'; readonly why: string }
  | Exclude<Decoded, { readonly kind: 'heard' }>;

/** Whether a record is of an event of today that nobody here hears: then nobody needs to read it. */
export const isUnheard = ({ headers }: Pick<RecordToRead, 'headers'>, hears: (name: string) => boolean): boolean => {
  const type = headers['ce_type'];
  return type !== undefined && !hears(type) && contractOf(type) !== undefined;
};

/** Reads records as a service does whose steps react so. What no step hears is skipped by contract. */
export const bindReactions = <Service extends HearingService, Command extends Message, Rejection extends Message>(
  reactions: Reactions<Service, Command, Rejection>,
  now: () => Instant,
): ((record: RecordToRead) => ReadRecord<Command>) => {
  const byEvent = reactionsByEvent<Service, Command, Rejection>(reactions);
  const react = reactingTo<Service, Command, Rejection>(reactions, now);
  return (record) => {
    const { headers, value } = record;
    if (isUnheard(record, (name) => byEvent.has(name)))
      return { kind: 'ignored', why: `no step here hears ${headers['ce_type']}` };
    const decoded = decodeRecord(headers, value === null ? null : value.toString('utf8'));
    if (decoded.kind !== 'heard') return decoded;
    const heard = decoded.event;
    const reaction = react(heard);
    return reaction === undefined
      ? { kind: 'ignored', why: `no step here hears ${heard.name}` }
      : { kind: 'heard', heard, reaction };
  };
};
