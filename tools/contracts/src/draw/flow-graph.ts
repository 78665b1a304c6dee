import { SERVICES, type Deadline, type Step } from '@murmuration/contracts';
import { hearersOf, idOf, saidBy, wordOf, type Choreography } from '../check/choreography';
import { toldDuration } from './duration';
import { DRAWN, mermaid, table } from './markdown';

type Edge = { readonly from: string; readonly to: string; readonly words: readonly string[]; readonly arrow: string };

const SHAPES: Record<Step['kind'], readonly [string, string]> = {
  note: ['([', '])'],
  compensatable: ['(', ')'],
  pivot: ['{{', '}}'],
  retriable: ['[', ']'],
  compensation: ['[/', '/]'],
};

const CLASSES = [
  'classDef compensatable fill:#dbeafe,stroke:#2563eb,color:#1e3a8a',
  'classDef pivot fill:#fef3c7,stroke:#d97706,color:#78350f',
  'classDef retriable fill:#dcfce7,stroke:#16a34a,color:#14532d',
  'classDef compensation fill:#fee2e2,stroke:#dc2626,color:#7f1d1d',
  'classDef note fill:#f3f4f6,stroke:#6b7280,color:#374151',
  'classDef deadline fill:#ffffff,stroke:#9333ea,color:#581c87,stroke-dasharray:3 3',
  'classDef outside fill:#111827,stroke:#111827,color:#f9fafb',
];

const nodeOf = (id: string): string => id.replaceAll(/[^a-z0-9]/gi, '_');

/** A step that follows every word of the others; what only informs it would hide the flow. */
const OBSERVED_EVENTS_MIN = 10;
const isObserver = ({ hears }: Step): boolean => hears.length >= OBSERVED_EVENTS_MIN;

/** An observer draws its conclusions from refusals, from what is undone and from what follows the pivot. */
const concludesFrom = (step: Step, event: string): boolean => {
  const { done, refused = [] } = step.outcomes;
  const isLast = step.kind === 'retriable' || step.kind === 'compensation';
  return (
    (isLast && done.some((name) => name === event)) ||
    (step.hears.length > 0 && !isLast && step.undoneBy === 'release-stock' && refused.some((name) => name === event))
  );
};

const arrowTo = (to: Step): string => (to.kind === 'compensation' && !isObserver(to) ? '-.->' : '-->');

const edgesOf = (choreography: Choreography): readonly Edge[] =>
  choreography.steps.flatMap((from) => {
    const words = new Map<Step, string[]>();
    for (const event of saidBy(from))
      for (const to of hearersOf(choreography, event))
        if (to !== from && to.kind !== 'note' && (!isObserver(to) || concludesFrom(from, event)))
          words.set(to, [...(words.get(to) ?? []), wordOf(event)]);
    return [...words].map(([to, said]) => ({ from: idOf(from), to: idOf(to), words: said, arrow: arrowTo(to) }));
  });

const deadlineEdges = (choreography: Choreography): readonly Edge[] =>
  choreography.deadlines.flatMap(({ name, fires }) =>
    fires.flatMap((event) =>
      hearersOf(choreography, event)
        .filter(({ kind }) => kind !== 'note')
        .map((to) => ({ from: `deadline ${name}`, to: idOf(to), words: [wordOf(event)], arrow: '-.->' })),
    ),
  );

const callEdges = ({ steps }: Choreography): readonly Edge[] =>
  steps.flatMap((step) =>
    (step.effects ?? []).map(({ port, call }) => ({
      from: idOf(step),
      to: `outside ${port}`,
      words: [call],
      arrow: '<-.->',
    })),
  );

/** What operators do by hand, and what happens after the end, stands beside the flow. */
const isByHand = ({ kind, hears, name }: Step): boolean =>
  name === 'handle-attention' || (kind === 'compensation' && hears.length === 0);

const isPartOf = (step: Step): boolean =>
  step.key === 'orderId' && !isByHand(step) && (step.kind !== 'note' || step.hears.length === 0);

const stepLine = (step: Step): string => {
  const [open, close] = SHAPES[step.kind];
  return `    ${nodeOf(idOf(step))}${open}"${step.name}"${close}:::${step.kind}`;
};

const deadlineLine = ({ name, lengthMs }: Deadline): string =>
  `    ${nodeOf(`deadline ${name}`)}>"${name}<br/>${toldDuration(lengthMs)}"]:::deadline`;

const edgeLine = ({ from, to, words, arrow }: Edge): string =>
  `  ${nodeOf(from)} ${arrow}|"${words.join('<br/>')}"| ${nodeOf(to)}`;

/** The saga as a Mermaid flow chart: services as subgraphs, what undoes dashed. */
export const flowGraph = (declared: Choreography): string => {
  const steps = declared.steps.filter(isPartOf);
  const choreography = { ...declared, steps };
  const ports = [...new Set(steps.flatMap(({ effects = [] }) => effects.map(({ port }) => port)))];
  const edges = [...edgesOf(choreography), ...deadlineEdges(choreography), ...callEdges(choreography)];
  return [
    'flowchart LR',
    ...SERVICES.filter((service) => steps.some((step) => step.service === service)).flatMap((service) => [
      `  subgraph ${service}`,
      ...steps.filter((step) => step.service === service).map(stepLine),
      ...declared.deadlines.filter((deadline) => deadline.service === service).map(deadlineLine),
      '  end',
    ]),
    ...ports.map((port) => `  ${nodeOf(`outside ${port}`)}[["${port}"]]:::outside`),
    ...edges.map(edgeLine),
    ...CLASSES.map((line) => `  ${line}`),
    '',
  ].join('\n');
};

const LEGEND = table(
  ['shape', 'kind', 'meaning'],
  [
    ['blue, rounded', 'compensatable', 'can be undone, and is when the order fails'],
    ['amber, hexagon', 'pivot', 'from here on the order only goes forward'],
    ['green, square', 'retriable', 'is done until it is done'],
    ['red, slanted', 'compensation', 'undoes; a dashed arrow leads to it'],
    ['grey, pill', 'note', 'a request or a note, holds nothing'],
    ['violet, flag', 'deadline', 'says what its dashed arrow tells when a wait does not end'],
    ['black', 'outside', 'called with an idempotency key, asked by it when there is no answer'],
  ],
);

export const flowPage = (choreography: Choreography): string =>
  `${DRAWN}# The flow of an order

Solid arrows lead forward, dashed ones are compensations, deadlines and calls to the outside. The step
\`follow-progress\` of orders hears every word of the others; drawn are those that an order may end with.
[Who hears what](who-hears-what.md) lists every word.

${mermaid(flowGraph(choreography))}
${LEGEND}`;
