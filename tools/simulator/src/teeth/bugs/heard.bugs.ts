import type { Bug } from '../bug';

const CLASSIFY = 'libs/messaging/src/core/classify.ts';
const ADMISSION = 'libs/messaging/src/core/admission.ts';
const SLICE = 'libs/messaging/src/core/slice-worker.ts';
const DECIDE = 'libs/messaging/src/core/decide-slice.ts';
const CONSUMER = 'libs/messaging/src/core/partition-consumer.ts';
const SESSION = 'libs/messaging/src/core/claim-session.ts';
const SETTLE = 'libs/messaging/src/core/settle-parked.ts';
const QUEUE = 'libs/messaging/src/core/parked-queue.ts';
const INBOX = 'libs/messaging/src/memory/memory-inbox.ts';

const FIRST_OF_CLASSIFY = 'if (watermark === undefined)';

/** Mistakes of who hears. */
export const HEARD_BUGS: readonly Bug[] = [
  {
    name: 'no watermark',
    says: 'A consumer takes every record for a new one.',
    edits: [
      { file: CLASSIFY, find: FIRST_OF_CLASSIFY, replace: `if (position > 0) return 'new';\n  ${FIRST_OF_CLASSIFY}` },
    ],
  },
  {
    name: 'watermark not advanced in the transaction',
    says: 'A batch moves the offset and leaves the watermarks to memory.',
    edits: [
      { file: SLICE, find: 'watermarks: watermarksOf(done)', replace: 'watermarks: new Map()' },
      { file: CONSUMER, find: 'watermarks: watermarksOf(items)', replace: 'watermarks: new Map()' },
    ],
  },
  {
    name: 'offset committed first',
    says: 'The offset is stored before the records up to it are handled.',
    edits: [
      {
        file: CONSUMER,
        find: 'const { admitted, duplicates, rewound } = admission.take(records);',
        replace:
          'const { admitted, duplicates, rewound } = admission.take(records);\n    await session.commit({ nextOffset: String(admission.nextOffset()), watermarks: new Map(), parked: [], settled: [] }, { checks: [], events: [] });',
      },
    ],
  },
  {
    name: 'fence not checked',
    says: 'The inbox stores what a consumer brings whose claim another one has taken over.',
    edits: [
      {
        file: INBOX,
        find: "if (held?.epoch !== part.claim.epoch) return 'fenced';",
        replace: "if (held === undefined) return 'fenced';",
      },
      {
        file: INBOX,
        find: "return held.sequence === part.sequence - 1 ? 'next' : 'fenced';",
        replace: "return 'next';",
      },
    ],
  },
  {
    name: 'five-minute dedupe window',
    says: 'A duplicate is only known for one within five minutes of its event.',
    edits: [
      {
        file: ADMISSION,
        find: "case 'duplicate':",
        replace:
          "case 'duplicate':\n        if (epochMs(clock.now()) - Date.parse(record.headers['ce_time'] ?? '') > 300_000) {\n          admitted.push(item);\n          return 'taken';\n        }",
      },
    ],
  },
  {
    name: 'error acknowledged',
    says: 'A batch that the database did not take is given up, and the next one goes on behind it.',
    edits: [
      {
        file: SLICE,
        find: ': afterFailure(slice, ended, pauseMs);',
        replace: ': [];',
      },
    ],
  },
  {
    name: 'failure acknowledged',
    says: 'A record that its rules refuse is dropped like one that is stale.',
    edits: [
      {
        file: DECIDE,
        find: 'if (failure === undefined) continue;',
        replace: 'continue;',
      },
    ],
  },
  {
    name: 'retry reorders a key',
    says: 'After a conflict the records of a batch are tried one by one, the last one first.',
    edits: [
      {
        file: SLICE,
        find: 'if (!slice.alone) return conflicts < CONFLICTS_TOGETHER_MAX ? [{ ...slice, conflicts }] : eachAlone(slice.items);',
        replace: 'if (!slice.alone) return [...eachAlone(slice.items)].reverse();',
      },
    ],
  },
  {
    name: 'parked key overtaken',
    says: 'What comes after a parked record of its key is applied before it.',
    edits: [
      {
        file: DECIDE,
        find: 'key !== null && (isParked(parkedKeys, key) || isParked(waitsFor, key));',
        replace: 'key === undefined;',
      },
      {
        file: CONSUMER,
        find: 'linked === undefined || (key !== null && isParked(parkedKeys, key));',
        replace: 'linked === undefined && key !== undefined;',
      },
    ],
  },
  {
    name: 'redrive skips the queue',
    says: 'A record that waits behind a parked one of its key is settled without it.',
    edits: [
      { file: QUEUE, find: 'if (due === undefined) blocked.add(queue);', replace: 'if (due === undefined) continue;' },
    ],
  },
  {
    name: 'batch decided anew in doubt',
    says: 'A batch of unknown outcome is decided and stored again instead of being asked about.',
    edits: [{ file: SESSION, find: 'whenDoubtedIsStored !== undefined || isProbeInDoubt;', replace: 'false;' }],
  },
  {
    name: 'parks in silence',
    says: 'What the service says of a parked record is stored right after the statement that parks it, and never when that fails.',
    edits: [
      {
        file: SLICE,
        find: 'return said.length === 0 ? merged : { checks: merged.checks, events: [...merged.events, ...said] };',
        replace:
          'if (said.length > 0) clock.after(5, () => reader.append({ checks: [], events: said }).catch(() => undefined));\n    return merged;',
      },
    ],
  },
  {
    name: 'unparked without being so',
    says: 'The service says that a record is parked no more whenever somebody has tried it again.',
    edits: [
      {
        file: SETTLE,
        find: "settled.outcome === 'failed-again' ? undefined : announceUnparked",
        replace: 'announceUnparked',
      },
    ],
  },
  {
    name: 'parked once more stands still',
    says: 'A record that is parked once more is announced anew, which its database refuses.',
    edits: [{ file: SLICE, find: 'if (isAnnounced(verdict.takenId, decided)) return { next: [slice] };', replace: '' }],
  },
  {
    name: 'unreadable bytes hold no key',
    says: 'What comes after a record of which nobody can read the bytes does not wait for it.',
    edits: [
      {
        file: DECIDE,
        find: 'holdsKey: linked !== undefined && record.key !== null,',
        replace:
          "holdsKey: linked !== undefined && record.key !== null && why.kind !== 'undecodable' && why.kind !== 'queued',",
      },
    ],
  },
  {
    name: 'unreadable bytes skipped',
    says: 'A record of which nobody can read the bytes is passed over, as one that its hearer has no use for.',
    edits: [
      {
        file: DECIDE,
        find: "} else if (decoded.kind === 'ignored') {",
        replace: "} else if (decoded.kind === 'ignored' || decoded.kind === 'undecodable') {",
      },
    ],
  },
  {
    name: 'outage held against a record',
    says: 'What failed while the database was away makes the next pause longer than the patience with the record.',
    edits: [
      {
        file: SLICE,
        find: 'const again = { ...whole, waitedMs:',
        replace: 'const again = { ...whole, failures, waitedMs:',
      },
    ],
  },
];
