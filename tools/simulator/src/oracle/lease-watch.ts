import type { Database } from '../world/database';
import type { Find } from './findings';

type Held = { readonly holder: string; readonly epoch: number; readonly untilMs: number };

export type LeaseWatch = {
  /** Who holds the lease by what the database said last, if anybody does. */
  readonly holderOf: (name: string) => string | undefined;
};

/** Watches that a lease has one holder at a time, by the clock of the database, and that nobody is kept from a lapsed one. */
export const watchLeases = (database: Database, find: Find): LeaseWatch => {
  const leases = new Map<string, Held>();
  const { service } = database;
  database.watch({
    leaseGiven: ({ name, holder, epoch }, nowMs, untilMs) => {
      const before = leases.get(name);
      if (before !== undefined && before.untilMs > nowMs && before.holder !== holder)
        find(
          'lease',
          service,
          `${name} goes to ${holder} although ${before.holder} has it for ${before.untilMs - nowMs} ms more`,
        );
      if (before !== undefined && before.untilMs > nowMs && before.holder === holder && before.epoch > epoch)
        find('lease', service, `${name} stays with ${holder} at epoch ${epoch}, which is behind ${before.epoch}`);
      leases.set(name, { holder, epoch, untilMs });
    },
    leaseRefused: (name, holder, nowMs) => {
      const before = leases.get(name);
      if (before === undefined || before.untilMs <= nowMs)
        find('lease', service, `${name} is kept from ${holder} although nobody has it`);
    },
    leaseReturned: ({ name, holder, epoch }) => {
      const before = leases.get(name);
      if (before?.holder === holder && before.epoch === epoch) leases.delete(name);
    },
    failedOver: () => leases.clear(),
  });
  return { holderOf: (name) => leases.get(name)?.holder };
};
