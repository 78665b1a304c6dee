import { epochMs } from '@murmuration/kernel';
import type { Clock } from '../clock.port';
import type { ConsumerListener, GapReport } from '../consumer-listener';
import type { Claim } from '../inbox.port';
import type { Inbound, Link, Watermark } from '../link';
import { classify } from './classify';
import { decodeLink, watermarkKey, watermarkOf } from './link-codec';

/** A record whose turn it is. Without a link it can only be parked. */
export type Admitted = {
  readonly record: Inbound;
  readonly offset: number;
  readonly linked?: { readonly key: string; readonly link: Link };
};

export type Rewound = { readonly link: Link; readonly watermark?: Watermark; readonly offset: string };

export type AdmittedRun = {
  readonly admitted: readonly Admitted[];
  readonly duplicates: number;
  /** Found after the admitted ones: nothing of this topic-partition may be applied any more. */
  readonly rewound?: Rewound;
};

/** Says whose turn it is on one topic-partition, and keeps what came too early. */
export type Admission = {
  take(records: readonly Inbound[]): AdmittedRun;
  /** What a restart would have to read from, once all that was admitted is stored. */
  nextOffset(): number;
  /** The offset to read again from, when a closed gap was longer than what could be held; asked once. */
  takeSeek(): number | undefined;
  close(): void;
};

type Held = Admitted & { readonly linked: { readonly key: string; readonly link: Link } };

/** The records behind a missing one, by the position that each names as its previous. */
type Gap = {
  readonly held: Map<number, Held>;
  readonly report: () => GapReport;
  readonly cancelAlert: () => void;
  dropped: boolean;
};

export type AdmissionOptions = {
  readonly heldRecordsMax: number;
  readonly gapAlertMs: number;
  readonly clock: Clock;
  readonly listener: ConsumerListener;
};

export const offsetOf = (text: string): number => Number(text);

export const admissionOf = (
  claim: Pick<Claim, 'topic' | 'partition' | 'nextOffset' | 'watermarks'>,
  { heldRecordsMax, gapAlertMs, clock, listener }: AdmissionOptions,
): Admission => {
  const { topic, partition } = claim;
  const watermarks = new Map(claim.watermarks);
  const gaps = new Map<string, Gap>();
  let cursor = offsetOf(claim.nextOffset);
  let heldRecords = 0;
  let droppedFrom: number | undefined;
  let seek: number | undefined;
  let rewound: Rewound | undefined;

  const openGap = (key: string, { source, logPartition, previous }: Link): Gap => {
    const held = new Map<number, Held>();
    const after = watermarks.get(key);
    const missing = previous ?? { position: 0, eventId: '' };
    const report = (): GapReport => ({
      ...{ topic, partition, source, logPartition, missing, heldRecords: held.size },
      ...(after && { after }),
    });
    const cancelAlert = clock.after(gapAlertMs, () => listener.gapAlert?.(report()));
    const gap = { held, report, cancelAlert, dropped: false };
    gaps.set(key, gap);
    listener.gapOpened?.(report());
    return gap;
  };

  const hold = (item: Held): void => {
    const { key, link } = item.linked;
    const gap = gaps.get(key) ?? openGap(key, link);
    const previous = link.previous?.position ?? 0;
    if (gap.held.has(previous)) return;
    if (heldRecords >= heldRecordsMax) {
      if (!gap.dropped) listener.gapAlert?.(gap.report());
      gap.dropped = true;
      droppedFrom ??= item.offset;
      return;
    }
    gap.held.set(previous, item);
    heldRecords += 1;
  };

  const closeGap = (key: string, gap: Gap, { source, logPartition }: Link): void => {
    gap.cancelAlert();
    gaps.delete(key);
    listener.gapClosed?.({ topic, partition, source, logPartition });
  };

  const readAgain = (): void => {
    seek = droppedFrom;
    cursor = droppedFrom ?? cursor;
    droppedFrom = undefined;
    for (const gap of gaps.values()) gap.dropped = false;
  };

  /** Admits what was held for exactly this record, and so on. */
  const release = (key: string, link: Link, admitted: Admitted[]): void => {
    const gap = gaps.get(key);
    if (gap === undefined) return;
    for (;;) {
      const watermark = watermarks.get(key);
      const next = gap.held.get(watermark?.position ?? 0);
      if (next === undefined) break;
      gap.held.delete(watermark?.position ?? 0);
      heldRecords -= 1;
      if (classify(watermark, next.linked.link) === 'rewound') return fail(next, watermark);
      watermarks.set(key, watermarkOf(next.linked.link));
      admitted.push(next);
    }
    if (gap.held.size === 0) closeGap(key, gap, link);
    // The very next one may be among those that were dropped.
    if (gap.dropped) readAgain();
  };

  const fail = ({ record, linked }: Held, watermark: Watermark | undefined): void => {
    rewound = { link: linked.link, offset: record.offset, ...(watermark && { watermark }) };
  };

  const takeOne = (record: Inbound, offset: number, admitted: Admitted[]): 'new' | 'taken' | 'duplicate' => {
    const link = decodeLink(record.headers);
    if (link === undefined) {
      if (offset >= cursor) admitted.push({ record, offset });
      return 'taken';
    }
    const key = watermarkKey(link);
    const item = { record, offset, linked: { key, link } };
    const watermark = watermarks.get(key);
    switch (classify(watermark, link)) {
      case 'duplicate':
        return 'duplicate';
      case 'gap':
        hold(item);
        return 'taken';
      case 'rewound':
        fail(item, watermark);
        return 'taken';
      case 'new':
        watermarks.set(key, watermarkOf(link));
        admitted.push(item);
        release(key, link, admitted);
        return 'new';
    }
  };

  return {
    take: (records) => {
      const admitted: Admitted[] = [];
      let duplicates = 0;
      for (const record of records) {
        const offset = offsetOf(record.offset);
        if (rewound !== undefined || seek !== undefined) break;
        const taken = takeOne(record, offset, admitted);
        if (taken === 'duplicate') duplicates += 1;
        if (rewound !== undefined || seek !== undefined) continue;
        // New behind the place that was reached, it lies where the broker has lost records, and so does what comes next.
        if (offset >= cursor || taken === 'new') cursor = offset + 1;
      }
      return { admitted, duplicates, ...(rewound && { rewound }) };
    },
    nextOffset: () => {
      let next = Math.min(cursor, droppedFrom ?? cursor);
      for (const { held } of gaps.values()) for (const { offset } of held.values()) next = Math.min(next, offset);
      return next;
    },
    takeSeek: () => {
      const wanted = seek;
      seek = undefined;
      return wanted;
    },
    close: () => {
      for (const gap of gaps.values()) gap.cancelAlert();
    },
  };
};

/** Milliseconds from a record's timestamp until now, never below 0. */
export const lagMsOf = (record: Inbound, clock: Clock): number =>
  Math.max(0, epochMs(clock.now()) - epochMs(record.timestamp));
