import type { Instant } from '@murmuration/kernel';

/** A change of one ledger. It may be made again on a newer ledger when another writer was faster, so it must be pure. */
export type LedgerChange<Ledger, Result> = (
  ledger: Ledger,
  now: Instant,
) => { readonly ledger: Ledger; readonly result: Result };

/** Ledgers of JSON by id, as a simulated other side keeps them. An id that was never written has the empty ledger. */
export type LedgerBook<Ledger> = {
  /** Resolves once the change is durable; the ledger returned as it was given means that nothing changes. Rejects with `EffectsError`. */
  change<Result>(id: string, change: LedgerChange<Ledger, Result>): Promise<Result>;
  read(id: string): Promise<Ledger>;
  /** Ledgers in which something is due now, the longest due first. Costs O(due). */
  due(limit: number): Promise<readonly { readonly id: string; readonly ledger: Ledger }[]>;
  /** Lets ledgers be due again only then, unless they are changed before. */
  defer(until: ReadonlyMap<string, Instant>): Promise<void>;
};
