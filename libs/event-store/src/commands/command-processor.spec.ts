import { accept, instant, reject, type DecisionModel } from '@murmuration/kernel';
import { derivedId } from '../event-id';
import { memoryEventStore } from '../memory/memory-event-store';
import type { EventStore } from '../port';
import { jsonCodec } from './codec';
import { commandProcessor } from './command-processor';
import type { CommandEnvelope } from './decide-batch';
import { stateCache } from './state-cache';

type Command =
  | { readonly type: 'Deposit'; readonly account: string; readonly amount: number }
  | { readonly type: 'Transfer'; readonly from: string; readonly to: string; readonly amount: number };
type Event = { readonly type: 'Deposited' | 'Withdrawn'; readonly account: string; readonly amount: number };
type Rejection = { readonly type: 'InsufficientFunds'; readonly balance: number };

const bank: DecisionModel<Command, Event, number, Rejection> = {
  streamsOf: (command) => (command.type === 'Deposit' ? [command.account] : [command.from, command.to]),
  streamOf: ({ account }) => account,
  initial: () => 0,
  evolve: (balance, { type, amount }) => (type === 'Deposited' ? balance + amount : balance - amount),
  decide: (command, balanceOf) => {
    const { type, amount } = command;
    if (type === 'Deposit') return accept({ type: 'Deposited', account: command.account, amount });
    const balance = balanceOf(command.from);
    if (balance < amount) return reject({ type: 'InsufficientFunds', balance });
    return accept(
      { type: 'Withdrawn', account: command.from, amount },
      { type: 'Deposited', account: command.to, amount },
    );
  },
};
const codec = jsonCodec<Event>({ Deposited: { version: 1 }, Withdrawn: { version: 1 } });

let commands = 0;
const envelope = (command: Command, commandId = derivedId('test', String(commands++))): CommandEnvelope<Command> => ({
  commandId,
  command,
  metadata: { correlationId: 'c', causationId: 'k', actor: 'test', hop: 0 },
});
const newStore = (): EventStore => memoryEventStore({ now: () => instant('2026-03-01T09:30:00.000Z') });
const teller = (store: EventStore) => commandProcessor(bank, codec, store, stateCache(), { chance: () => 0 });
const balance = async (store: EventStore, account: string): Promise<number> =>
  ((await store.readStreams([{ streamId: account }])).get(account) ?? []).reduce(
    (sum, stored) => bank.evolve(sum, codec.decode(stored)),
    0,
  );

describe('the command processor', () => {
  it('stores what is decided and answers with the events and their places', async () => {
    const store = newStore();
    await expect(teller(store).execute(envelope({ type: 'Deposit', account: 'a', amount: 5 }))).resolves.toMatchObject({
      outcome: 'accepted',
      events: [{ type: 'Deposited', amount: 5 }],
      stored: [{ version: 1, position: 1 }],
    });
  });

  it('decides commands of one moment in order, each on what the former left', async () => {
    const store = newStore();
    const { execute } = teller(store);
    const outcomes = await Promise.all([
      execute(envelope({ type: 'Deposit', account: 'a', amount: 5 })),
      execute(envelope({ type: 'Transfer', from: 'a', to: 'b', amount: 3 })),
      execute(envelope({ type: 'Transfer', from: 'a', to: 'b', amount: 3 })),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'rejected']);
    expect([await balance(store, 'a'), await balance(store, 'b')]).toEqual([2, 3]);
  });

  it('does not refuse on a stale state: another writer may have changed it', async () => {
    const store = newStore();
    const [here, there] = [teller(store), teller(store)];
    await here.execute(envelope({ type: 'Deposit', account: 'a', amount: 1 }));
    await there.execute(envelope({ type: 'Deposit', account: 'a', amount: 10 }));
    await expect(here.execute(envelope({ type: 'Transfer', from: 'a', to: 'b', amount: 11 }))).resolves.toMatchObject({
      outcome: 'accepted',
    });
  });

  it('loses no update between two processors that race on one stream', async () => {
    const store = newStore();
    const tellers = [teller(store), teller(store)];
    const deposits = Array.from({ length: 60 }, (_, index) =>
      tellers[index % 2]!.execute(envelope({ type: 'Deposit', account: 'hot', amount: 1 })),
    );
    await Promise.all(deposits);
    expect(await balance(store, 'hot')).toBe(60);
  });

  it('never stores a decision that was built on one that was not stored', async () => {
    const store = newStore();
    const { execute } = teller(store);
    await execute(envelope({ type: 'Deposit', account: 'a', amount: 0 }));
    // Another writer reaches version 2 of `a` unseen, just where the first command of the batch wants to write it.
    await teller(store).execute(envelope({ type: 'Deposit', account: 'a', amount: 0 }));
    const outcomes = await Promise.all([
      execute(envelope({ type: 'Deposit', account: 'a', amount: 5 })),
      execute(envelope({ type: 'Transfer', from: 'a', to: 'b', amount: 5 })),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
    expect([await balance(store, 'a'), await balance(store, 'b')]).toEqual([0, 5]);
  });

  it('answers a repeated command with the first event it brought about', async () => {
    const store = newStore();
    const once = envelope({ type: 'Deposit', account: 'a', amount: 5 });
    await teller(store).execute(once, { repeatable: true });
    await expect(teller(store).execute(once, { repeatable: true })).resolves.toMatchObject({
      outcome: 'repeated',
      first: { version: 1, streamId: 'a' },
    });
    expect(await balance(store, 'a')).toBe(5);
  });

  it('refuses a repeat while the first is being decided', async () => {
    const { execute } = teller(newStore());
    const once = envelope({ type: 'Deposit', account: 'a', amount: 5 });
    const first = execute(once, { repeatable: true });
    await expect(execute(once, { repeatable: true })).rejects.toMatchObject({ code: 'in-progress' });
    await expect(first).resolves.toMatchObject({ outcome: 'accepted' });
  });

  it('tells one command of a batch about a bug in the rules, and serves the others', async () => {
    const store = newStore();
    const faulty: typeof bank = {
      ...bank,
      decide: (command, of) => (command.amount < 0 ? JSON.parse('{') : bank.decide(command, of)),
    };
    const { execute } = commandProcessor(faulty, codec, store, stateCache());
    const [broken, sound] = await Promise.allSettled([
      execute(envelope({ type: 'Deposit', account: 'a', amount: -1 })),
      execute(envelope({ type: 'Deposit', account: 'b', amount: 1 })),
    ]);
    expect([broken.status, sound.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('tells one command of a batch that a stream of its own cannot be read, and serves the others', async () => {
    const store = newStore();
    const newer = jsonCodec<Event>({
      Deposited: { version: 1 },
      Withdrawn: { version: 2, upcasters: [(data) => data] },
    });
    const { execute: executeNewer } = commandProcessor(bank, newer, store, stateCache());
    await executeNewer(envelope({ type: 'Deposit', account: 'a', amount: 5 }));
    await executeNewer(envelope({ type: 'Transfer', from: 'a', to: 'b', amount: 3 }));
    const { execute } = teller(store);
    const [broken, sound] = await Promise.allSettled([
      execute(envelope({ type: 'Deposit', account: 'a', amount: 1 })),
      execute(envelope({ type: 'Deposit', account: 'b', amount: 1 })),
    ]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { code: 'unknown-event' } });
    expect(sound.status).toBe('fulfilled');
  });

  it('tells one command of a batch that its streams cannot be named, and serves the others', async () => {
    const faulty: typeof bank = {
      ...bank,
      streamsOf: (command, of) => (command.amount < 0 ? JSON.parse('{') : bank.streamsOf(command, of)),
    };
    const { execute } = commandProcessor(faulty, codec, newStore(), stateCache());
    const [broken, sound] = await Promise.allSettled([
      execute(envelope({ type: 'Deposit', account: 'a', amount: -1 })),
      execute(envelope({ type: 'Deposit', account: 'b', amount: 1 })),
    ]);
    expect([broken.status, sound.status]).toEqual(['rejected', 'fulfilled']);
  });

  it('decides a command that names more streams because of what was decided before it in its batch', async () => {
    const store = newStore();
    const model: typeof bank = {
      ...bank,
      streamsOf: (command, known) =>
        command.type === 'Transfer' && (known(command.from) ?? 0) === 0
          ? [command.from]
          : bank.streamsOf(command, known),
    };
    const { execute } = commandProcessor(model, codec, store, stateCache(), { chance: () => 0 });
    const outcomes = await Promise.all([
      execute(envelope({ type: 'Deposit', account: 'a', amount: 5 })),
      execute(envelope({ type: 'Transfer', from: 'a', to: 'b', amount: 3 })),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
    expect([await balance(store, 'a'), await balance(store, 'b')]).toEqual([2, 3]);
  });

  it('decides on no state in which an event counts twice, though its command came twice', async () => {
    const store = newStore();
    const [here, there] = [teller(store), teller(store)];
    const twice = envelope({ type: 'Deposit', account: 'a', amount: 10 });
    for (let time = 0; time < 2; time++) await here.execute(twice);
    // Another writer reaches the very version at which the state would be that counts it twice.
    await there.execute(envelope({ type: 'Deposit', account: 'a', amount: 1 }));
    await expect(here.execute(envelope({ type: 'Transfer', from: 'a', to: 'b', amount: 15 }))).resolves.toMatchObject({
      outcome: 'rejected',
    });
  });

  it('appends without looking to a stream that the command does not name', async () => {
    const store = newStore();
    const diary: typeof bank = {
      ...bank,
      streamsOf: () => [],
      decide: ({ amount }) => accept({ type: 'Deposited', account: 'd', amount }),
    };
    const { execute } = commandProcessor(diary, codec, store, stateCache());
    for (const amount of [1, 2]) await execute(envelope({ type: 'Deposit', account: 'd', amount }));
    await expect(execute(envelope({ type: 'Deposit', account: 'd', amount: 3 }))).resolves.toMatchObject({
      stored: [{ version: 3 }],
    });
  });

  it('leaves no trace of a decision whose events do not fold', async () => {
    const store = newStore();
    const faulty: typeof bank = {
      ...bank,
      evolve: (sum, event) =>
        event.type === 'Deposited' && event.amount === 13 ? JSON.parse('{') : bank.evolve(sum, event),
    };
    const { execute } = commandProcessor(faulty, codec, store, stateCache());
    const [first, broken, last] = await Promise.allSettled([
      execute(envelope({ type: 'Deposit', account: 'a', amount: 13 })),
      execute(envelope({ type: 'Transfer', from: 'a', to: 'b', amount: 13 })),
      execute(envelope({ type: 'Deposit', account: 'a', amount: 1 })),
    ]);
    expect([first.status, broken.status, last.status]).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(broken).toMatchObject({ value: { outcome: 'rejected', rejection: { balance: 0 } } });
    expect(last).toMatchObject({ value: { outcome: 'accepted', stored: [{ version: 1 }] } });
  });

  it('answers what it has accepted before it drains, and refuses what comes later', async () => {
    const processor = teller(newStore());
    const last = processor.execute(envelope({ type: 'Deposit', account: 'a', amount: 1 }));
    await processor.drain();
    await expect(last).resolves.toMatchObject({ outcome: 'accepted' });
    await expect(processor.execute(envelope({ type: 'Deposit', account: 'a', amount: 1 }))).rejects.toMatchObject({
      code: 'closed',
    });
  });
});
