import { stockLevelChanged, type Heard } from '@murmuration/contracts';
import { stateAfter } from '@murmuration/testing';
import fc from 'fast-check';
import { auditStock } from './audit';
import { at, heard, RUNS } from './heard.fixture';
import { stockViewFold } from './stock-view';

const level = (seconds: number, data: Partial<typeof stockLevelChanged.example> = {}): Heard => ({
  ...heard('orders.order-submitted.v1', seconds),
  name: stockLevelChanged.name,
  subject: 'KETTLE-1L',
  data: { ...stockLevelChanged.example, changedAt: at(seconds), ...data },
});

const received = level(0, { received: 10, adjusted: 0, held: 0, committed: 0, available: 10, version: 1 });
const holding = level(1, { received: 10, adjusted: 0, held: 2, committed: 0, available: 8, version: 2 });
const committed = level(2, { received: 10, adjusted: 0, held: 0, committed: 2, available: 8, version: 3 });

/** As it was said before changes were counted. */
const uncounted = ({ data, ...event }: Heard): Heard => {
  const { version: _, ...rest } = data as typeof stockLevelChanged.example; // because a level was given
  return { ...event, data: rest };
};

describe('the view of stock', () => {
  it('shows the level as it was said last', () => {
    expect(stateAfter(stockViewFold, received, holding, committed)).toEqual(committed.data);
  });
  it('shows the level that has seen most changes, in whatever order they arrive', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([received, holding, committed], { minLength: 3 }), (arrived) => {
        expect(stateAfter(stockViewFold, ...arrived, ...arrived)).toEqual(committed.data);
      }),
    );
  });
  it('goes by what arrives last where no changes were counted yet, and never back from what was counted', () => {
    expect(stateAfter(stockViewFold, uncounted(received), uncounted(holding))).toMatchObject({ held: 2 });
    expect(stateAfter(stockViewFold, uncounted(received), holding, uncounted(committed))).toEqual(holding.data);
  });
  it('goes by the count of changes also where the clock of a replica lags', () => {
    const lagging = level(-300, { held: 3, available: 7 });
    expect(stateAfter(stockViewFold, received, lagging)).toEqual(lagging.data);
  });
  it('takes a level heard twice as one', () => {
    expect(stateAfter(stockViewFold, received, holding, holding)).toEqual(holding.data);
  });
  it('is not touched by what is said of orders, however it comes between', () => {
    const words = RUNS.flatMap((run) => run.heard);
    fc.assert(
      fc.property(fc.subarray(words), fc.subarray(words), (before, after) => {
        expect(stateAfter(stockViewFold, ...before, received, ...after, holding, ...before)).toEqual(holding.data);
      }),
    );
  });
});

describe('the audit of stock', () => {
  it('finds nothing where every level balances', () => {
    expect(auditStock([received, holding, committed, ...RUNS[0]!.heard])).toEqual([]);
  });
  it('finds a level that does not balance', () => {
    expect(
      auditStock([received, level(1, { received: 10, adjusted: -1, held: 2, committed: 0, available: 8 })]),
    ).toEqual([
      {
        invariant: 'I2',
        finding: 'KETTLE-1L: available 8 + held 2 + committed 0 is not received 10 + adjusted -1',
      },
    ]);
  });
  it('finds a count below zero', () => {
    const oversold = level(1, { received: 10, adjusted: 0, held: 12, committed: 0, available: -2 });
    expect(auditStock([oversold])).toEqual([{ invariant: 'I2', finding: 'KETTLE-1L: available is -2' }]);
  });
});
