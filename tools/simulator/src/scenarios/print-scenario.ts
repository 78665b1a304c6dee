import { sequenceDiagram } from '@murmuration/tool-contracts';
import type { TracedMessage } from '../run/simulate';
import { withTraps } from '../time/traps';
import type { Scenario } from './scenario';
import { play } from './stage';

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

const drawn = (messages: readonly TracedMessage[], named: (text: string) => string): readonly string[] => [
  ...sequenceDiagram(
    messages.slice(0, MESSAGES_DRAWN_MAX).map(({ atMs, from, to, text, orderId }) => ({
      ...{ from, to, text: `${atMs} ms ${named(text.includes(orderId) ? text : `${orderId}: ${text}`)}` },
      kind: PARTNERS.includes(to) ? ('call' as const) : ('event' as const),
    })),
    ROOMS,
  )
    .trimEnd()
    .split('\n'),
  ...cut(messages, MESSAGES_DRAWN_MAX),
];

const listed = (messages: readonly TracedMessage[], named: (text: string) => string): readonly string[] => [
  ...messages
    .slice(0, MESSAGES_LISTED_MAX)
    .map(
      ({ atMs, from, to, text, orderId }) =>
        `${String(atMs).padStart(8)} ms  ${from} → ${to}: ${named(text)} (${named(orderId)})`,
    ),
  ...cut(messages, MESSAGES_LISTED_MAX),
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
      ...(printAs === 'diagram' ? drawn(messages, named) : listed(messages, named)),
      '',
      ...held.map((what) => `  held: ${named(what)}`),
      ...broken.map((what) => `  BROKEN: ${named(what)}`),
      `  ${(virtualMs / 1_000).toFixed(1)} s of virtual time, hash ${hash}`,
    ],
  };
};
