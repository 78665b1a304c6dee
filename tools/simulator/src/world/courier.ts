import type { SendCode } from '@murmuration/domain-customers';
import { epochMs, isBefore, type EffectPort } from '@murmuration/kernel';
import type { CallNote, Partner } from './partners';
import type { Fate, Process, Surroundings } from './process';

/** Who carries verification codes to customers. It cannot be asked what it has carried. */
export type Courier = Pick<Partner<unknown, SendCode, unknown>, 'onCall' | 'portOf'> & {
  /** Whether the customer has the code in hand. */
  readonly hasCarried: (verificationId: string) => boolean;
};

const CALL_TIMEOUT_MS = 1_000;

export const courier = ({ time, decisions }: Surroundings, note: CallNote): Courier => {
  const carried = new Set<string>();
  const listeners: Parameters<Courier['onCall']>[0][] = [];

  const fateOf = (process: Process, key: string): Fate => {
    const failure = { failure: () => new Error('timeout'), failsAfterMs: CALL_TIMEOUT_MS };
    if (decisions.strikes('call lost', `${process.name} ${key}`)) return { there: 'lost', back: 'lost', ...failure };
    const isAnswerLost = decisions.strikes('answer lost', `${process.name} ${key}`);
    return { there: 'arrives', back: isAnswerLost ? 'lost' : 'arrives', ...failure };
  };

  return {
    hasCarried: (verificationId) => carried.has(verificationId),
    onCall: (listener) => void listeners.push(listener),
    portOf: (process): EffectPort<SendCode, unknown> => ({
      perform: async (key, { customerId, verificationId, expiresAt }) => {
        if (!isBefore(process.clock.now(), expiresAt)) return { outcome: 'refused', reason: 'the code expired' };
        for (const listener of listeners) listener(process.name, key, epochMs(time.now()));
        try {
          return await process.ask(
            `courier ${key}`,
            () => {
              carried.add(verificationId);
              note({ from: 'orders', to: 'courier', orderId: customerId, text: `${key}: done` });
              return { outcome: 'done', result: undefined } as const;
            },
            fateOf(process, key),
          );
        } catch {
          // As in production: who hears nothing tries again, and a code that comes twice does no harm.
          return { outcome: 'not-yet', reason: 'no answer from the courier' };
        }
      },
      query: async () => ({ outcome: 'not-found' }),
    }),
  };
};
