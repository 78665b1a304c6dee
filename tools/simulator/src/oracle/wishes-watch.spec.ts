import type { StoredEvent } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { Answer, AskedListener, UnansweredListener } from '../world/gateway';
import type { World } from '../world/world';
import { STOCK_WISHES } from './stock-wishes';
import { watchWishes } from './wishes-watch';

const RECEIVED: Message & Record<string, unknown> = { type: 'StockReceived', sku: 'TEA', quantity: 3 };
const REFUSED: Answer = { outcome: 'rejected', rejection: { type: 'QuantityOutOfBounds' } };
const ACCEPTED: Answer = { outcome: 'accepted', events: [], stored: [] };

/** Watches one wish to receive three units, which is answered so after so many attempts, and what is stored for it. */
const findingsOf = async (answer: Answer, stored: readonly Message[], attempts = 1): Promise<readonly string[]> => {
  const listeners: AskedListener[] = [];
  const unanswered: UnansweredListener[] = [];
  const world = {
    gateway: {
      onAsked: (listener: AskedListener) => listeners.push(listener),
      onUnanswered: (listener: UnansweredListener) => unanswered.push(listener),
    },
    serviceOf: () => ({ database: { watch: () => undefined } }),
  } as unknown as World; // because nothing else of it is looked at
  const found: string[] = [];
  const watch = watchWishes(world, STOCK_WISHES, (_invariant, _subject, finding) => found.push(finding));
  const command: Message & Record<string, unknown> = { type: 'ReceiveStock', sku: 'TEA', quantity: 3 };
  const answered = Promise.resolve(answer);
  const addressed = { commandId: 'wish', orderId: 'TEA' };
  for (const listener of listeners) listener('inventory', command, addressed, answered);
  for (let nth = 1; nth < attempts; nth++) for (const listener of unanswered) listener(addressed);
  await answered;
  for (const event of stored) watch.stored(event, { metadata: { causationId: 'wish' } } as StoredEvent); // because nothing else of it is looked at
  watch.judge();
  return found;
};

describe('what people ask for', () => {
  it('is done, and once', async () => {
    expect(await findingsOf(ACCEPTED, [RECEIVED])).toEqual([]);
    expect(await findingsOf(ACCEPTED, [RECEIVED, RECEIVED])).toEqual(['receiving 3 is done once more for one wish']);
    expect(await findingsOf(ACCEPTED, [])).toEqual(['receiving 3 was accepted and never done']);
  });

  it('is done as they said', async () => {
    const more: Message & Record<string, unknown> = { ...RECEIVED, quantity: 6 };
    expect(await findingsOf(ACCEPTED, [more])).toEqual(['receiving 3 of TEA was asked for, and receiving 6 is done']);
  });

  it('is not done at all once it was refused', async () => {
    expect(await findingsOf(REFUSED, [])).toEqual([]);
    expect(await findingsOf(REFUSED, [RECEIVED])).toEqual(['receiving 3 was refused and is done']);
  });

  it('may be done after it was refused when an attempt before that one comes late', async () => {
    expect(await findingsOf(REFUSED, [RECEIVED], 2)).toEqual([]);
  });

  it('may be done or not as long as nobody has answered', async () => {
    expect(await findingsOf('no-answer', [])).toEqual([]);
    expect(await findingsOf('no-answer', [RECEIVED])).toEqual([]);
  });
});
