import type { Bug } from '../bug';

const RELAY = 'libs/messaging/src/core/relay.ts';
const PLAN = 'libs/messaging/src/core/plan-relay.ts';
const KEEPER = 'libs/messaging/src/core/lease-keeper.ts';
const COORDINATION = 'libs/event-store/src/memory/memory-coordination.ts';
const HELD = 'libs/effects/src/lease/held-lease.ts';

/** Mistakes of who sends, and of leases. */
export const SENT_BUGS: readonly Bug[] = [
  {
    name: 'relay skips after crash',
    says: 'The relay writes its checkpoint before its records are acknowledged.',
    edits: [
      {
        file: RELAY,
        find: 'const reached = await relayRun(events, place, goOn);',
        replace:
          'writer.note(planRelay(events, options, place).checkpoint);\n      const reached = await relayRun(events, place, goOn);',
      },
    ],
  },
  {
    name: 'relay sends out of order',
    says: 'The records of one request are sent with the newest first.',
    edits: [
      {
        file: RELAY,
        find: 'await publisher.publish(request);',
        replace: 'await publisher.publish([...request].reverse());',
      },
    ],
  },
  {
    name: 'relay forgets its links',
    says: 'After a crash the relay begins a new chain of links instead of going on with the old one.',
    edits: [
      {
        file: PLAN,
        find: 'new Map<string, Watermark>(from.lastSent)',
        replace: 'new Map<string, Watermark>()',
      },
    ],
  },
  {
    name: 'lease by wall clock',
    says: 'Whether a lease has lapsed is told by the clock of who wants it.',
    edits: [
      { file: RELAY, find: 'holder, leaseMs),', replace: 'holder, leaseMs, clock.now()),' },
      { file: KEEPER, find: 'lease.holder, durationMs);', replace: 'lease.holder, durationMs, clock.now());' },
      {
        file: COORDINATION,
        find: 'const acquire = (name: string, holder: string, durationMs: number): LeaseOutcome => {\n    const nowMs = epochMs(now());',
        replace:
          'const acquire = (name: string, holder: string, durationMs: number, at?: Instant): LeaseOutcome => {\n    const nowMs = epochMs(at ?? now());',
      },
      {
        file: COORDINATION,
        find: 'acquire: (name, holder, durationMs) => Promise.resolve(acquire(name, holder, durationMs)),',
        replace: 'acquire: (...asked) => Promise.resolve(acquire(...asked)),',
      },
    ],
  },
  {
    name: 'calls without a lease',
    says: 'Who was frozen goes on calling the other side although its lease has lapsed.',
    edits: [
      {
        file: HELD,
        find: 'isHeld: () => !gone && !released && timing.monotonicMs() < untilMs,\n    isLost: () => gone || timing.monotonicMs() >= untilMs,',
        replace: 'isHeld: () => !released,\n    isLost: () => gone,',
      },
    ],
  },
];
