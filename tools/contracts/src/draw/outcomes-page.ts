import { standingOf, type Order } from '@murmuration/domain-orders';
import { play } from '../play/play';
import type { Played } from '../play/record';
import type { Script } from '../play/script';
import { DRAWN, mermaid } from './markdown';
import { sequenceDiagram } from './sequence-diagram';

const toldEnd = ({ stateOf, orderId }: Played): string => {
  const order = stateOf('orders', `order-${orderId}`) as Extract<Order, { readonly stage: 'placed' }>; // because every play places its order
  const { status, reason, detail } = standingOf(order);
  return `${status}${reason === undefined ? '' : `, ${reason}`}${detail === undefined ? '' : ` (${detail})`}`;
};

/** Those who take part, always in this order. */
const TROUPE = [
  ...['customer', 'operator', 'orders', 'inventory', 'payments', 'shipping'],
  ...['payment-provider', 'carrier', 'projections'],
];

const troupeOf = ({ messages }: Played): readonly string[] =>
  TROUPE.filter((name) => messages.some(({ from, to }) => from === name || to === name));

const section = (script: Script): string => {
  const played = play(script);
  return `## ${script.title}

${script.about} The order ends as **${toldEnd(played)}**.

${mermaid(sequenceDiagram(played.messages, troupeOf(played)))}`;
};

const anchor = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

/** Each outcome of an order, played by the real rules. */
export const outcomesPage = (scripts: readonly Script[]): string =>
  `${DRAWN}# The outcomes of an order

Each diagram is the record of a run of the real rules of all services in one process, with nothing running side by side; in
production the words of different services overtake each other. An open arrow is an event in Kafka, a closed one a call and its
answer. Projections hear every event; drawn are only those that nobody else hears.

${scripts.map(({ title }) => `- [${title}](#${anchor(title)})\n`).join('')}
${scripts.map(section).join('\n')}`;
