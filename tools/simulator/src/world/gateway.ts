import type { Executed } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { Node } from './node';
import type { Surroundings } from './process';

export type Addressed = { readonly commandId: string; readonly orderId: string };

/** `no-answer` leaves it open whether anything was done. */
export type Answer = Executed | 'no-answer';

/** Told of what is asked as soon as it is, and of the answer once there is one. */
export type AskedListener = (service: string, command: Message, addressed: Addressed, answer: Promise<Answer>) => void;

/** Told of every attempt at which a process said that it could not. */
export type FailedListener = (service: string, command: Message, addressed: Addressed, error: unknown) => void;

/** Told of every attempt that was given up, though it may still be on its way. */
export type UnansweredListener = (addressed: Addressed) => void;

/** The way of people and partners into the flock: any living replica, again and again with the same key until it answers. */
export type Gateway = {
  readonly execute: (service: string, command: Message, addressed: Addressed) => Promise<Answer>;
  readonly onAsked: (listener: AskedListener) => void;
  readonly onFailed: (listener: FailedListener) => void;
  readonly onUnanswered: (listener: UnansweredListener) => void;
};

const REQUEST_TIMEOUT_MS = 4_000;
const WAY_MAX_MS = 5;
const RETRY_MS = 300;
const ATTEMPTS_MAX = 200;

export const gateway = ({ time, decisions }: Surroundings, nodesOf: (service: string) => readonly Node[]): Gateway => {
  const listeners: AskedListener[] = [];
  const failedListeners: FailedListener[] = [];
  const unansweredListeners: UnansweredListener[] = [];
  const pause = (durationMs: number): Promise<void> => new Promise((resume) => void time.after(durationMs, resume));

  const attempt = (node: Node, command: Message, { commandId, orderId }: Addressed): Promise<Answer> =>
    new Promise((answered) => {
      const giveUp = time.after(REQUEST_TIMEOUT_MS, () => answered('no-answer'));
      const wayMs = (): number => decisions.integer(`way to ${node.process.name}`, 0, WAY_MAX_MS);
      const end = (answer: Answer): void =>
        void time.after(wayMs(), () => {
          giveUp();
          answered(answer);
        });
      time.after(wayMs(), () => {
        if (!node.process.isAlive()) return end('no-answer');
        node.process.run(() => {
          node.execute(command, commandId, orderId).then(end, (error: unknown) => {
            for (const listener of failedListeners) listener(node.service, command, { commandId, orderId }, error);
            end('no-answer');
          });
        });
      });
    });

  const askUntilAnswered = async (service: string, command: Message, addressed: Addressed): Promise<Answer> => {
    for (let nth = 0; nth < ATTEMPTS_MAX; nth++) {
      const nodes = nodesOf(service).filter(({ process }) => process.isAlive());
      const node =
        nodes[(decisions.integer(`replica of ${service}`, 0, nodes.length || 1) + nth) % (nodes.length || 1)];
      const answer = node === undefined ? 'no-answer' : await attempt(node, command, addressed);
      if (answer !== 'no-answer') return answer;
      for (const listener of unansweredListeners) listener(addressed);
      await pause(RETRY_MS);
    }
    return 'no-answer';
  };

  return {
    execute: (service, command, addressed) => {
      const answer = askUntilAnswered(service, command, addressed);
      for (const listener of listeners) listener(service, command, addressed, answer);
      return answer;
    },
    onAsked: (listener) => void listeners.push(listener),
    onFailed: (listener) => void failedListeners.push(listener),
    onUnanswered: (listener) => void unansweredListeners.push(listener),
  };
};
