import type { Message } from '@murmuration/kernel';
import { emptyState, type ActorState, type Recording } from './actor-state';
import type { MessageId } from './message-book';
import { movesFor, type Bounds, type Input, type Move, type Role } from './moves';
import { tokenBook } from './tokens';

export type StateId = number;

/** A step between two numbered states of one actor. */
export type Step = { readonly input: Input; readonly isDue: boolean } & (
  { readonly to: StateId; readonly flaw?: never } | { readonly flaw: string; readonly to?: never }
);

export type ActorNode = {
  readonly state: ActorState;
  readonly heard: ReadonlySet<MessageId>;
  /** Numbers the sets of messages said, so that they are compared at a glance. */
  readonly saidId: number;
};

/** A role in a scenario: a service, and the order that it is about; inventory is about all of them. */
export type Part = Role & { readonly name: string; readonly begins: readonly Message[]; readonly isShared: boolean };

/**
 * One service as a machine of numbered states, found as they are asked for. Each step is decided once and then looked up, which
 * makes a search through the product of all actors a matter of comparing numbers.
 */
export const actor = (part: Part, recording: Recording, bounds: Bounds) => {
  const moves = movesFor(part, recording, bounds);
  const { tokenOf } = tokenBook();
  const nodes: ActorNode[] = [];
  const own: (readonly Step[] | undefined)[] = [];
  const heard: Map<MessageId, Step>[] = [];
  const idsByText = new Map<string, StateId>();
  const saidIds = new Map<string, number>();

  const numbered = (state: ActorState): StateId => {
    const text = textOf(state);
    const known = idsByText.get(text);
    if (known !== undefined) return known;
    const id = nodes.length;
    const said = state.said.join();
    const saidId = saidIds.get(said) ?? saidIds.size;
    saidIds.set(said, saidId);
    nodes.push({ state, heard: new Set(state.heard), saidId });
    heard.push(new Map());
    idsByText.set(text, id);
    return id;
  };

  const textOf = ({ heard: messages, said, ...rest }: ActorState): string =>
    `${messages.join()}|${said.join()}|${Object.values(rest).map(tokenOf).join('|')}`;

  const node = (id: StateId): ActorNode => nodes[id]!; // because states are numbered here alone

  const stepOf = ({ input, isDue, after, flaw }: Move): Step =>
    after === undefined ? { input, isDue, flaw } : { input, isDue, to: numbered(after) };

  /** The state after the commands that the scenario begins with; one that goes wrong is all that can happen there. */
  const begin = (): StateId => {
    let state = emptyState(part.rules);
    for (const command of part.begins) {
      const move = moves.begin(state, command);
      if (move.after === undefined) {
        const id = numbered(state);
        own[id] = [stepOf(move)];
        return id;
      }
      state = move.after;
    }
    return numbered(state);
  };

  return {
    ...part,
    initial: begin(),
    node,
    states: () => nodes.length,

    /** Whether it can come back to a state that it has left, by the steps known so far. */
    returns: (): boolean =>
      hasCycle(nodes.length, (id) =>
        [...(own[id] ?? []), ...(heard[id]?.values() ?? [])].flatMap(({ to }) =>
          to === undefined || to === id ? [] : [to],
        ),
      ),

    /** What may happen here without a new message. */
    steps(id: StateId): readonly Step[] {
      const known = own[id];
      if (known !== undefined) return known;
      return (own[id] = moves.own(node(id).state).map(stepOf));
    },

    hear(id: StateId, message: MessageId): Step {
      const known = heard[id]?.get(message);
      if (known !== undefined) return known;
      const step = stepOf(moves.hear(node(id).state, message));
      heard[id]?.set(message, step);
      return step;
    },
  };
};

/** Whether a walk along the steps that were looked up so far can come back to a state that it has left. */
const hasCycle = (nodes: number, stepsFrom: (id: StateId) => readonly StateId[]): boolean => {
  const [unseen, open, closed] = [0, 1, 2];
  const marks = new Uint8Array(nodes).fill(unseen);
  for (let root = 0; root < nodes; root++) {
    if (marks[root] !== unseen) continue;
    const path: { readonly id: StateId; readonly ahead: StateId[] }[] = [{ id: root, ahead: [...stepsFrom(root)] }];
    marks[root] = open;
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.ahead.pop();
      if (next === undefined) {
        marks[last.id] = closed;
        path.pop();
      } else if (marks[next] === open) {
        return true;
      } else if (marks[next] === unseen) {
        marks[next] = open;
        path.push({ id: next, ahead: [...stepsFrom(next)] });
      }
    }
  }
  return false;
};

export type Actor = ReturnType<typeof actor>;
