import type { ParkedRecord, ParkedWish } from './inbox.port';
import type { Inbound, Link, Watermark } from './link';

type Place = { readonly topic: string; readonly partition: number };

/** What became of one micro-batch. */
export type BatchReport = Place & {
  readonly records: number;
  /** Records whose commands were decided and stored, also those whose commands were stale or brought no events. */
  readonly applied: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly stale: number;
  readonly parked: number;
  /** Events stored. */
  readonly events: number;
  readonly durationMs: number;
  /** From the newest record's timestamp to its commit. */
  readonly lagMs: number;
};

export type GapReport = Place & {
  readonly source: string;
  readonly logPartition: number;
  /** The last record applied; absent when none ever was. */
  readonly after?: Watermark;
  /** The missing record that the next one names as its previous. */
  readonly missing: Watermark;
  readonly heldRecords: number;
};

/** What a consumer tells of itself, for metrics, logs and alerts. */
export type ConsumerListener = {
  batch?(report: BatchReport): void;
  stale?(record: Inbound, step: string, reason: string): void;
  parked?(record: ParkedRecord): void;
  unparked?(key: string, topic: string, partition: number): void;
  /** A batch met other versions than it was decided on and is decided anew. */
  conflict?(place: Place & { readonly streamId: string; readonly attempt: number }): void;
  /** The store or the inbox failed; the same work is tried again, within the retry budget if it is the record's own fault. */
  retrying?(place: Place & { readonly error: unknown; readonly attempt: number; readonly pauseMs: number }): void;
  /** The database is away, or many keys fail together: nothing is parked, and one record at a time is tried. */
  breakerOpened?(report: { readonly error: unknown; readonly keysFailing: number }): void;
  breakerClosed?(report: { readonly probes: number }): void;
  /** Batches of several topic-partitions could not be decided or stored together; tried again, or each one alone. */
  storingFailed?(error: unknown): void;
  gapOpened?(gap: GapReport): void;
  /** A gap has been open for too long: the lost records have to be sent again by their source. */
  gapAlert?(gap: GapReport): void;
  gapClosed?(place: Place & Pick<Link, 'source' | 'logPartition'>): void;
  /** The source's log lost or rewrote what it had sent. The topic-partition stands still until somebody decides. */
  rewound?(place: Place & { readonly link: Link; readonly watermark?: Watermark; readonly offset: string }): void;
  claimed?(place: Place & { readonly epoch: number; readonly nextOffset: string }): void;
  fenced?(place: Place): void;
  /** It is consumed here no more, until it is claimed again. */
  dropped?(place: Place): void;
  /** What is to be done about parked records could not be asked or begun; asked again at the next interval. */
  wishesFailed?(reason: string): void;
  /**
   * What was to become of a parked record could not be stored, because of the record itself or of what was to be said of
   * it. It is tried again at each interval, and told of at the first, the second, the fourth and the eighth attempt, and so on.
   */
  settlingFailed?(
    place: Place & {
      readonly id: string;
      readonly wish: ParkedWish['wish'];
      readonly attempt: number;
      readonly reason: string;
    },
  ): void;
  /** What was settled long ago could not be forgotten; tried again later. */
  pruningFailed?(reason: string): void;
  /** The connection to the broker or the group failed; it is made anew. */
  disconnected?(error: unknown): void;
};
