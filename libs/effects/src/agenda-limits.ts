/** Every bound of an agenda's runner. */
export type AgendaLimits = {
  /** Calls to the other side under way at one time. */
  readonly callsMax: number;
  /** A call that gives no answer for so long counts as one of unknown outcome. */
  readonly callMaxMs: number;
  /** The pause after the first unclear answer; it doubles with each one up to `backoffMaxMs`. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** An effect that is older than this after an unclear answer is settled as given up. */
  readonly budgetMs: number;
  /** So many unclear answers in a row pause all calls; then one call at a time probes. */
  readonly unclearInARowMax: number;
  readonly breakerPauseMs: number;
  readonly breakerPauseMaxMs: number;
  /** Open effects kept in mind; what is beyond waits in the table. */
  readonly effectsInMindMax: number;
  /** Events read from the log at once. */
  readonly readMax: number;
  /** How long the checkpoint is held back, so that what opens and closes meanwhile never becomes a row. */
  readonly flushMs: number;
  /** The checkpoint moves earlier after so many events or row changes. */
  readonly flushEventsMax: number;
  readonly flushChangesMax: number;
  /** How often the table is asked for ripe deadlines. */
  readonly deadlinePollMs: number;
  readonly deadlinesPerPollMax: number;
  /** When nobody ran the agenda for longer than this, the deadline clock is set back by all of that time. */
  readonly outageMinMs: number;
};

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

export const AGENDA_LIMITS: AgendaLimits = {
  callsMax: 64,
  callMaxMs: 60 * SECOND_MS,
  backoffMs: 100,
  backoffMaxMs: 60 * SECOND_MS,
  budgetMs: 6 * HOUR_MS,
  unclearInARowMax: 50,
  breakerPauseMs: 500,
  breakerPauseMaxMs: 30 * SECOND_MS,
  effectsInMindMax: 10_000,
  readMax: 1_000,
  flushMs: 5 * SECOND_MS,
  flushEventsMax: 20_000,
  flushChangesMax: 5_000,
  deadlinePollMs: SECOND_MS,
  deadlinesPerPollMax: 200,
  outageMinMs: 30 * SECOND_MS,
};
