/** Every way in which the agenda and the ledgers fail as stores. What the other side of a call says is an `EffectOutcome`, never one of these. */
export const EFFECTS_ERRORS = {
  unavailable: { retryable: true, meaning: 'the database could not be asked' },
  'not-migrated': { retryable: false, meaning: 'the tables are missing; run the migrations' },
  overloaded: { retryable: true, meaning: 'too many changes wait to be written; nothing of this one was written' },
  contended: { retryable: true, meaning: 'other writers kept winning; nothing was written' },
  refused: { retryable: false, meaning: 'the database refused the statement' },
} as const satisfies Record<string, { readonly retryable: boolean; readonly meaning: string }>;

export type EffectsErrorCode = keyof typeof EFFECTS_ERRORS;

export class EffectsError extends Error {
  override readonly name = 'EffectsError';
  readonly retryable: boolean;

  constructor(
    readonly code: EffectsErrorCode,
    detail: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${EFFECTS_ERRORS[code].meaning}: ${detail}`, options);
    this.retryable = EFFECTS_ERRORS[code].retryable;
  }
}
