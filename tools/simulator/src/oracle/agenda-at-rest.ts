import type { World } from '../world/world';
import type { Find } from './findings';

const ROWS_MAX = 100_000;
/** Sets the deadline clock so far ahead that every deadline is ripe. */
const FAR_AHEAD_MS = -1e12;
const CLOSED = new Set(['completed', 'delivered', 'cancelled', 'rejected']);

/**
 * Compares the tables of open calls and deadlines to what the log says of them, folded anew; and nothing waits for an order
 * that has come to its end.
 */
export const openAgenda = async (world: World, statuses: ReadonlyMap<string, string>, find: Find): Promise<void> => {
  for (const { binding, database } of world.services.values()) {
    const { service, agenda, codec } = binding;
    const { store, agendaStore } = database.tables;
    const meant = new Map<string, 'effect' | 'deadline'>();
    for (const stored of await store.readLog(0, 0, ROWS_MAX))
      for (const change of agenda?.changesOf(codec.decode(stored)) ?? []) {
        if (change.type === 'effect-opened') meant.set(change.key, 'effect');
        else if (change.type === 'deadline-set') meant.set(change.key, 'deadline');
        else meant.delete(change.key);
      }
    const rows = [
      ...(await agendaStore.openEffects(0, ROWS_MAX)),
      ...(await agendaStore.dueDeadlines(0, FAR_AHEAD_MS, ROWS_MAX)).deadlines,
    ].map(({ key }) => key);
    const open = new Set(rows);
    for (const key of meant.keys()) if (!open.has(key)) find('I5', service, `${key} is open by the log and forgotten`);
    for (const key of open) {
      if (!meant.has(key)) find('I4', service, `${key} is closed by the log and still open`);
      const orderId = key.split(':')[1] ?? '';
      const status = statuses.get(orderId);
      if (status !== undefined && CLOSED.has(status)) find('I4', orderId, `is ${status}, and ${key} is still open`);
    }
  }
};
