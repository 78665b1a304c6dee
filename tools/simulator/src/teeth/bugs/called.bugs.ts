import type { Bug } from '../bug';

const POLICY = 'libs/effects/src/core/effect-policy.ts';
const CALLER = 'libs/effects/src/core/effect-caller.ts';
const CORE = 'libs/effects/src/core/agenda-core.ts';
const DEADLINES = 'libs/effects/src/core/open-deadlines.ts';
const SAGA = 'libs/domain/orders/src/order.saga.ts';
const ORDERS_AGENDA = 'libs/domain/orders/src/agenda.ts';

const CALL = 'await this.options.port[call](effect.key, effect.effect)';

/** Mistakes of who calls the provider and the carrier, and of who watches the time. */
export const CALLED_BUGS: readonly Bug[] = [
  {
    name: 'unknown taken for failure',
    says: 'A call of unknown outcome is settled as refused.',
    edits: [
      {
        file: POLICY,
        find: "const reason = answer.outcome === 'not-found'",
        replace:
          "if (answer.outcome === 'unknown') return { do: 'settle', outcome: { outcome: 'refused', reason: answer.reason } };\n  const reason = answer.outcome === 'not-found'",
      },
    ],
  },
  {
    name: 'provider called with a new key on retry',
    says: 'Every attempt of a payment call has an idempotency key of its own.',
    edits: [
      {
        file: CALLER,
        find: CALL,
        replace:
          "await this.options.port[call](effect.effect.type === 'book' || effect.attempts === 0 ? effect.key : `${effect.key}~${effect.attempts}`, effect.effect)",
      },
    ],
  },
  {
    name: 'two shipments',
    says: 'Every attempt of a booking has a client reference of its own.',
    edits: [
      {
        file: CALLER,
        find: CALL,
        replace:
          "await this.options.port[call](effect.effect.type !== 'book' || effect.attempts === 0 ? effect.key : `${effect.key}~${effect.attempts}`, effect.effect)",
      },
    ],
  },
  {
    name: 'outcome not said again',
    says: 'An outcome that could not be stored is dropped, and its effect is taken for settled.',
    edits: [
      {
        file: CALLER,
        find: 'this.putOff(effect, backoffMs(effect.attempts, limits.backoffMs, limits.backoffMaxMs, chance()));',
        replace: 'this.options.effects.close(effect.key);',
      },
    ],
  },
  {
    name: 'rebuild calls out',
    says: 'The agenda is read anew from the first event at every start, and what opens on the way is called.',
    edits: [
      {
        file: CORE,
        find: 'this.position = this.storedPosition = claimed.position;',
        replace: 'this.position = this.storedPosition = 0;',
      },
      {
        file: CORE,
        find: 'if ((await this.read(undefined, head)) === 0) break;',
        replace:
          'if ((await this.read(this.options.epoch, Math.min(head, this.position + 1))) === 0) break;\n      this.caller.pump();',
      },
    ],
  },
  {
    name: 'deadline not cancelled',
    says: 'An order that was completed keeps its deadline.',
    edits: [
      {
        file: ORDERS_AGENDA,
        find: "    case 'OrderCompleted':\n    case 'OrderRejected':",
        replace: "    case 'OrderCompleted':\n      return [];\n    case 'OrderRejected':",
      },
    ],
  },
  {
    name: 'cleared deadline stays in the table',
    says: 'A deadline that was written down once is never taken out when the log clears it.',
    edits: [
      { file: DEADLINES, find: 'this.set.delete(key);\n    this.cleared.add(key);', replace: 'this.set.delete(key);' },
    ],
  },
  {
    name: 'deadline fires twice',
    says: 'A deadline that has fired is fired again at the next look, and nobody asks whether another has taken its place.',
    edits: [
      {
        file: DEADLINES,
        find: 'if (!this.set.has(key)) this.cleared.add(key);\n  }\n\n  /** Whether',
        replace: 'void key;\n  }\n\n  /** Whether',
      },
      {
        file: DEADLINES,
        find: 'return !this.set.has(key) && !this.cleared.has(key);',
        replace: 'return key !== undefined;',
      },
      { file: SAGA, find: 'if (isBefore(dueAt, order.deadlineAt)) return accept();', replace: '' },
    ],
  },
  {
    name: 'deadline by wall clock',
    says: 'Deadlines are due a minute early, as they are for a process whose clock is ahead.',
    edits: [
      {
        file: DEADLINES,
        find: 'const ripeAt = plusMs(dueAt, -pausedMs);',
        replace: 'const ripeAt = plusMs(dueAt, -pausedMs - 60_000);',
      },
    ],
  },
];
