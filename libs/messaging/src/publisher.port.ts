import type { Outbound } from './link';

/** Sends records to a broker. */
export type Publisher = {
  /**
   * Resolves once every record is acknowledged by all in-sync replicas; the order per topic-partition is kept. After a
   * rejection any of them may have arrived or not, and may still arrive: send all again, in the same order.
   */
  publish(records: readonly Outbound[]): Promise<void>;
  /** Starts over with a new connection and producer identity, as is needed after some failures. */
  reset(): Promise<void>;
  close(): Promise<void>;
};
