import { newStore, START } from '../flock.fixture';
import { inboxContract } from '../inbox.contract';
import { outboxContract } from '../outbox.contract';
import { memoryInbox } from './memory-inbox';
import { memoryOutbox } from './memory-outbox';

describe('the inbox in memory', () => {
  inboxContract(async () => {
    const store = newStore();
    const inbox = memoryInbox(store, { now: () => START });
    return { inbox, other: inbox, store };
  });
});

describe('the outbox in memory', () => {
  outboxContract(async () => memoryOutbox());
});
