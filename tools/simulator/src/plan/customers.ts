import type { Chance } from '@murmuration/testing';

/** What a registered customer does, or what is done to them, so long after what came before. */
export type CustomerStep = { readonly afterMs: number } & (
  | { readonly type: 'SuspendCustomer' }
  | { readonly type: 'ReactivateCustomer' | 'DeactivateCustomer'; readonly by: 'customer' | 'operator' }
  | { readonly type: 'AddAddress' | 'RemoveAddress'; readonly addressId: string }
  | { readonly type: 'ChangeEmail'; readonly email: string }
  | { readonly type: 'RequestVerification'; readonly verificationId: string }
  /** Of a code that has come; who guesses gives another one. */
  | { readonly type: 'ConfirmVerification'; readonly verificationId: string; readonly guesses: boolean }
);

export type CustomerPlan = {
  readonly id: string;
  /** When they register. */
  readonly atMs: number;
  readonly steps: readonly CustomerStep[];
};

const RUNS_WITH_CUSTOMERS = 0.4;
const CUSTOMERS: readonly [number, number] = [1, 4];
const STEPS: readonly [number, number] = [1, 8];
const REGISTERED_WITHIN = 0.2;
const PAUSES_MS = [50, 1_000, 6_000];

const stepsOf = (chance: Chance, nth: number): readonly CustomerStep[] => {
  const afterMs = chance.integer(0, chance.pick(PAUSES_MS));
  const addressId = `address-${chance.integer(1, 3)}`;
  const by = chance.pick(['customer', 'operator'] as const);
  const verificationId = `code-${nth}`;
  const kind = chance.next();
  if (kind < 0.25) return [{ afterMs, type: 'SuspendCustomer' }];
  if (kind < 0.45) return [{ afterMs, type: 'ReactivateCustomer', by }];
  if (kind < 0.55) return [{ afterMs, type: 'DeactivateCustomer', by }];
  if (kind < 0.65) return [{ afterMs, type: 'AddAddress', addressId }];
  if (kind < 0.7) return [{ afterMs, type: 'RemoveAddress', addressId }];
  if (kind < 0.8) return [{ afterMs, type: 'ChangeEmail', email: `ada-${nth}@example.org` }];
  return [
    { afterMs, type: 'RequestVerification', verificationId },
    ...(chance.happens(0.3)
      ? [{ afterMs: 10, type: 'ConfirmVerification', verificationId, guesses: true } as const]
      : []),
    { afterMs: 10, type: 'ConfirmVerification', verificationId, guesses: false },
  ];
};

/** Draws who registers, and what becomes of them while they order. */
export const customersOf = (chance: Chance, troubleMs: number): readonly CustomerPlan[] => {
  if (!chance.happens(RUNS_WITH_CUSTOMERS)) return [];
  return Array.from({ length: chance.integer(...CUSTOMERS) }, (_, nth) => ({
    id: `customer ${nth + 1}`,
    atMs: chance.integer(0, Math.floor(troubleMs * REGISTERED_WITHIN)),
    steps: Array.from({ length: chance.integer(...STEPS) }, (__, step) => stepsOf(chance, step)).flat(),
  }));
};
