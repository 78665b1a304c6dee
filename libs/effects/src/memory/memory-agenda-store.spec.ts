import { instantOfEpochMs } from '@murmuration/kernel';
import { agendaStoreContract } from '../agenda-store.contract';
import { memoryAgendaStore } from './memory-agenda-store';

agendaStoreContract('memory agenda store', () => {
  let nowMs = Date.UTC(2026, 2, 1);
  const store = memoryAgendaStore({ now: () => instantOfEpochMs(nowMs) });
  const pass = (durationMs: number): Promise<void> => {
    nowMs += durationMs;
    return Promise.resolve();
  };
  return Promise.resolve({ store, pass });
});
