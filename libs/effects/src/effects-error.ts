/** Every way in which the agenda fails as a store. What the other side of a call says is an `EffectOutcome`, never one of these. */
export const EFFECTS_ERRORS = {
  unavailable: { retryable: true, meaning: 'the database could not be asked' },
  'not-migrated': { retryable: false, meaning: 'the tables of the agenda are missing; run the migrations' },
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
