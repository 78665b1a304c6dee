import type { Bug } from '../bug';

const STORE = 'libs/event-store/src/memory/memory-event-store.ts';
const PROCESSOR = 'libs/event-store/src/commands/command-processor.ts';
const BATCH = 'libs/event-store/src/commands/decide-batch.ts';
const PROJECTION = 'libs/effects/src/projection/run-projection.ts';

/** Mistakes of who stores, and of what is made of what is stored. */
export const STORED_BUGS: readonly Bug[] = [
  {
    name: 'multi-stream append not atomic',
    says: 'When one stream of an append has moved on, the others are written all the same.',
    edits: [
      {
        file: STORE,
        find: 'return this.repetitionIn(request) ?? this.refusalOf(request) ?? this.write(request.events);',
        replace:
          "const refusal = this.refusalOf(request);\n    if (refusal?.outcome === 'conflict' && this.repetitionIn(request) === undefined)\n      this.write(request.events.filter(({ streamId }) => streamId !== refusal.streamId));\n    return this.repetitionIn(request) ?? refusal ?? this.write(request.events);",
      },
    ],
  },
  {
    name: 'versions not checked',
    says: 'An append is stored whatever has been written since it was decided.',
    edits: [
      {
        file: STORE,
        find: "if (expected === 'exists') return actual > 0;\n  return expected === actual;",
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'only written streams are checked',
    says: 'A stream that was only read may change before what was decided on it is stored.',
    edits: [
      {
        file: BATCH,
        find: 'return { checks: [...checks.values()], events: requests.flatMap(({ events }) => events) };',
        replace:
          'const written = new Set(requests.flatMap(({ events }) => events.map(({ streamId }) => streamId)));\n  return { checks: [...checks.values()].filter(({ streamId }) => written.has(streamId)), events: requests.flatMap(({ events }) => events) };',
      },
    ],
  },
  {
    name: 'lost commands look stored',
    says: 'A conflict is answered as if the command had been stored.',
    edits: [
      {
        file: PROCESSOR,
        find: 'else if (pending.attempts < ATTEMPTS_MAX) queue.push(pending);',
        replace:
          "else if (pending.attempts < ATTEMPTS_MAX) pending.resolve({ outcome: 'accepted', events: [], stored: [] });",
      },
    ],
  },
  {
    name: 'projection counts twice',
    says: 'A view keeps its rows and forgets how far it has come.',
    edits: [
      { file: PROJECTION, find: 'from: position, position: last.position };', replace: 'from: position, position };' },
    ],
  },
];
