import { sequenceDiagram } from '@murmuration/tool-contracts';
import type { Decision } from '../faults/decisions';
import type { TracedMessage } from '../run/simulate';
import { withTraps } from '../time/traps';
import type { Scenario } from './scenario';
import { play, type ScenarioResult } from './stage';

export type Played = {
  /** For people: the title, what happened, and what held. */
  readonly lines: readonly string[];
  readonly ok: boolean;
};

/** What happened as a Mermaid sequence diagram, or as a list with the milliseconds since the start. */
export type PrintAs = 'diagram' | 'trace';

const MESSAGES_DRAWN_MAX = 200;
const MESSAGES_LISTED_MAX = 5_000;
const PARTNERS: readonly string[] = ['provider', 'carrier'];
const ROOMS = ['orders', 'inventory', 'payments', 'shipping'];

/** Gives the orders of a scenario short names, in the order in which they appear. */
const shortNames = (messages: readonly TracedMessage[]): ((text: string) => string) => {
  const orderIds = [...new Set(messages.map(({ orderId }) => orderId))].filter(
    (id) => id.includes('-') && id.length === 36,
  );
  const names = new Map(orderIds.map((orderId, nth) => [orderId, `order ${nth + 1}`]));
  return (text) => [...names].reduce((said, [orderId, name]) => said.replaceAll(orderId, name), text);
};

const cut = (messages: readonly TracedMessage[], max: number): readonly string[] =>
  messages.length > max ? [`… and ${messages.length - max} messages more`] : [];

/** Something that went wrong, as a note beside the part of the flock that it befell. */
const noteOf = ({ id, atMs }: Decision): TracedMessage => {
  const [, where = ''] = id.split(' at ');
  const room = [...ROOMS, 'projections'].find((name) => where.startsWith(name)) ?? 'provider';
  return { atMs, from: room, to: room, orderId: '', text: id };
};

/** Messages and troubles, in the order in which they came about. */
const storyOf = ({ messages, taken }: ScenarioResult): readonly TracedMessage[] =>
  [...taken.map(noteOf), ...messages].sort((left, right) => left.atMs - right.atMs);

const kindOf = ({ from, to }: TracedMessage): 'note' | 'call' | 'event' => {
  if (from === to) return 'note';
  return PARTNERS.includes(from) || PARTNERS.includes(to) ? 'call' : 'event';
};

const drawn = (story: readonly TracedMessage[], named: (text: string) => string): readonly string[] => [
  ...sequenceDiagram(
    story.slice(0, MESSAGES_DRAWN_MAX).map((message) => {
      const { atMs, from, to, text, orderId } = message;
      return {
        from,
        to,
        text: `${atMs} ms ${named(text.includes(orderId) ? text : `${orderId}: ${text}`)}`,
        kind: kindOf(message),
      };
    }),
    ROOMS,
  )
    .trimEnd()
    .split('\n'),
  ...cut(story, MESSAGES_DRAWN_MAX),
];

const listed = (story: readonly TracedMessage[], named: (text: string) => string): readonly string[] => [
  ...story.slice(0, MESSAGES_LISTED_MAX).map((message) => {
    const { atMs, from, to, text, orderId } = message;
    const what = kindOf(message) === 'note' ? named(text) : `${from} → ${to}: ${named(text)} (${named(orderId)})`;
    return `${String(atMs).padStart(8)} ms  ${what}`;
  }),
  ...cut(story, MESSAGES_LISTED_MAX),
];

/** Plays a scenario with traps set, and says what came of it. */
export const playScenario = async (
  { number, title, script, stage }: Scenario,
  printAs: PrintAs = 'diagram',
): Promise<Played> => {
  const { result, sprung } = await withTraps(() => play(script, stage));
  const { failure, findings, messages, held, virtualMs, hash } = result;
  const broken = [
    ...(failure === undefined ? [] : [failure]),
    ...findings.map(({ invariant, subject, finding }) => `${invariant}: ${subject}: ${finding}`),
    ...sprung.map((name) => `used ${name}, which a simulated run must not`),
  ];
  const named = shortNames(messages);
  return {
    ok: broken.length === 0,
    lines: [
      `${number}. ${title}`,
      '',
      ...(printAs === 'diagram' ? drawn(storyOf(result), named) : listed(storyOf(result), named)),
      '',
      ...held.map((what) => `  held: ${named(what)}`),
      ...broken.map((what) => `  BROKEN: ${named(what)}`),
      `  ${(virtualMs / 1_000).toFixed(1)} s of virtual time, hash ${hash}`,
    ],
  };
};
