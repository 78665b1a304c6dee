import type { Instant } from '@murmuration/kernel';

/** A place in a source's log, with the id that must stand there. */
export type Watermark = { readonly position: number; readonly eventId: string };

/**
 * What a relay puts on every record: where its event stands in the source's log, and the previous record that the same log
 * partition sent to the same topic-partition. So a reader tells new, duplicate, lost and rewound apart for ever.
 */
export type Link = Watermark & {
  readonly source: string;
  readonly logPartition: number;
  /** Absent on the very first record of this log partition on this topic-partition. */
  readonly previous?: Watermark;
};

/** A record as it came from Kafka. Header values are UTF-8 text; `offset` is a decimal int64. */
export type Inbound = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly timestamp: Instant;
};

/** A record as a relay hands it to Kafka. */
export type Outbound = {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
};
