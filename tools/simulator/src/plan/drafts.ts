import type { Chance } from '@murmuration/testing';

type Line = { readonly sku: string; readonly quantity: number; readonly unitPriceMinor: number };

/** What a customer does to a draft, so long after what they did before it. */
export type DraftStep = { readonly afterMs: number } & (
  | ({ readonly type: 'AddOrderLine' } & Line)
  | { readonly type: 'ChangeLineQuantity'; readonly sku: string; readonly quantity: number }
  | { readonly type: 'RemoveOrderLine'; readonly sku: string }
  | { readonly type: 'SubmitOrder' }
  | { readonly type: 'RequestCancellation' }
);

/** An order that is made line by line. One that is neither submitted nor given up is left as it is. */
export type DraftPlan = {
  readonly begunWith: readonly Line[];
  readonly steps: readonly DraftStep[];
  /** Whoever is in a hurry does the next thing before they know what became of the last one. */
  readonly inHurry: boolean;
};

const CHANGES_MAX = 4;
const PAUSE_MS: readonly [number, number] = [0, 400];
const HURRY_MS: readonly [number, number] = [0, 15];
const SUBMITTED = 0.75;
const SUBMITTED_TWICE = 0.2;
const GIVEN_UP = 0.5;

/** Something that is not in the order changes as well now and then, or has another price, and is refused. */
const changeOf = (chance: Chance, lines: readonly Line[], afterMs: number): DraftStep => {
  const { sku, unitPriceMinor } = chance.pick(lines);
  const quantity = chance.integer(1, 4);
  const kind = chance.next();
  if (kind < 0.4) return { afterMs, type: 'ChangeLineQuantity', sku, quantity };
  if (kind < 0.6) return { afterMs, type: 'RemoveOrderLine', sku };
  return { afterMs, type: 'AddOrderLine', sku, quantity, unitPriceMinor: unitPriceMinor + (kind < 0.9 ? 0 : 1) };
};

/** Draws how the lines of an order come together, and whether it is submitted in the end. */
export const draftOf = (chance: Chance, lines: readonly Line[]): DraftPlan => {
  const inHurry = chance.happens(0.25);
  const pauseMs = (): number => chance.integer(...(inHurry ? HURRY_MS : PAUSE_MS));
  const begun = chance.integer(0, lines.length + 1);
  const added = lines.slice(begun).map((line): DraftStep => ({ afterMs: pauseMs(), type: 'AddOrderLine', ...line }));
  const changes = Array.from({ length: chance.integer(0, CHANGES_MAX + 1) }, () => changeOf(chance, lines, pauseMs()));
  const submit = (): DraftStep => ({ afterMs: pauseMs(), type: 'SubmitOrder' });
  const submits = [submit(), ...(chance.happens(SUBMITTED_TWICE) ? [submit()] : [])];
  const givesUp: readonly DraftStep[] = chance.happens(GIVEN_UP)
    ? [{ afterMs: pauseMs(), type: 'RequestCancellation' }]
    : [];
  const end = chance.happens(SUBMITTED) ? submits : givesUp;
  return { begunWith: lines.slice(0, begun), steps: [...added, ...changes, ...end], inHurry };
};
