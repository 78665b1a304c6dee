import type { Deadline, EventContract, Step } from '@murmuration/contracts';
import { hearersOf, idOf, saidBy, wordOf, type Choreography } from '../check/choreography';
import { personalFieldsOf } from '../check/rules/personal-field.rule';
import { toldDuration } from './duration';
import { code, DRAWN, table } from './markdown';

const list = (items: readonly string[]): string => (items.length === 0 ? '–' : items.join(', '));
const words = (events: readonly string[] = []): string => list(events.map(wordOf).map(code));

const sayersOf = ({ steps, deadlines }: Choreography, event: string): readonly string[] => [
  ...steps.filter((step) => saidBy(step).includes(event)).map(idOf),
  ...deadlines.filter(({ fires }) => fires.some((name) => name === event)).map(({ name }) => `deadline ${name}`),
];

const eventRow = (choreography: Choreography, event: EventContract): readonly string[] => [
  `[${code(event.name)}](schemas/${event.name}.schema.json)`,
  event.key,
  list(sayersOf(choreography, event.name)),
  event.terminal ? 'projections alone' : list(hearersOf(choreography, event.name).map(idOf)),
  list(personalFieldsOf(event).map((field) => `${code(field)}: ${list(event.personal[field] ?? [])}`)),
];

const undo = ({ undoneBy, undoneOn }: Step): string =>
  undoneBy === undefined ? '–' : `${code(undoneBy)} on ${words(undoneOn)}`;

const stepRow = (step: Step): readonly string[] => [
  code(idOf(step)),
  step.kind,
  step.hears.length === 0 ? 'a command' : words(step.hears),
  words(step.outcomes.done),
  words(step.outcomes.refused),
  words(step.outcomes.unknown),
  words(step.besides),
  undo(step),
];

const waitRows = (step: Step): readonly (readonly string[])[] =>
  (step.waits ?? []).map((wait) => [code(idOf(step)), wait.for, words(wait.until), code(wait.deadline ?? 'none')]);

const effectRows = (step: Step): readonly (readonly string[])[] =>
  (step.effects ?? []).map(({ port, call, idempotencyKey, query }) => [
    code(idOf(step)),
    port,
    call,
    code(idempotencyKey),
    query,
  ]);

const deadlineRow = (deadline: Deadline): readonly string[] => [
  code(deadline.name),
  deadline.service,
  toldDuration(deadline.lengthMs),
  deadline.setBy,
  words(deadline.fires),
];

/** Every event with who says and hears it, and every step with what it waits for and calls. */
export const hearersPage = (choreography: Choreography): string => {
  const { events, steps, deadlines } = choreography;
  const guarded = steps.filter(({ guard }) => guard !== undefined);
  return `${DRAWN}# Who hears what

Projections archive every event and take no step, so they are named only where nobody else listens. A dash among the sayers: no
declared step says it, as when a consumer tells of a record that it has parked.

## Events

${table(
  ['event', 'key', 'said by', 'heard by', 'personal fields, and who needs them'],
  events.map((event) => eventRow(choreography, event)),
)}
## Steps

A step that hears nothing begins with a command: of a customer, an operator, or the carrier.

${table(['step', 'kind', 'begins on', 'done', 'refused', 'cannot be ended', 'said besides', 'undone by'], steps.map(stepRow))}
## Waits

${table(['step', 'waits for', 'until', 'at the latest until'], steps.flatMap(waitRows))}
## Deadlines

${table(['deadline', 'of', 'length', 'set by', 'says'], deadlines.map(deadlineRow))}
## External calls

A call of unknown outcome is asked about by its key, and repeated with the same key if the other side never heard of it.

${table(['step', 'to', 'call', 'idempotency key', 'query'], steps.flatMap(effectRows))}
## Why no cycle runs for ever

Each of these steps moves a state forward and never back, and so says each of its words at most once per key.

${table(
  ['step', 'state', 'moves'],
  guarded.map((step) => [code(idOf(step)), step.guard?.state ?? '', (step.guard?.moves ?? []).join(' → ')]),
)}`;
};
