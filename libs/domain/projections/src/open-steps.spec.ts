import { stateAfter } from '@murmuration/testing';
import { at, run, RUNS } from './heard.fixture';
import type { OrderWord } from './heard-order';
import { openSteps } from './open-steps';
import { orderViewFold } from './order-view';

const openAfter = (...words: readonly OrderWord[]): readonly string[] =>
  openSteps(stateAfter(orderViewFold, ...run(...words))?.facts ?? {}).map(({ service, step }) => `${service} ${step}`);

const BOOKED: readonly OrderWord[] = ['order-submitted', 'stock-reserved', 'payment-authorized', 'shipment-booked'];

describe('an order waits for', () => {
  it.each<[string, OrderWord[], string[]]>([
    ['the stock', ['order-submitted'], ['inventory reserve-stock']],
    ['the payment', ['order-submitted', 'stock-reserved'], ['payments authorize-payment']],
    ['the booking', [...BOOKED.slice(0, 3)], ['shipping book-shipment']],
    ['the dispatch', [...BOOKED], ['shipping dispatch-shipment']],
    [
      'all that follows the dispatch',
      [...BOOKED, 'shipment-dispatched'],
      ['inventory commit-stock', 'payments capture-payment', 'shipping deliver-shipment'],
    ],
    [
      'no capture where the payment was captured at once',
      [...BOOKED, 'payment-captured', 'shipment-dispatched'],
      ['inventory commit-stock', 'shipping deliver-shipment'],
    ],
    [
      'the delivery',
      [...BOOKED, 'shipment-dispatched', 'payment-captured', 'stock-committed', 'order-completed'],
      ['shipping deliver-shipment'],
    ],
    [
      'the answer to a request to cancel, and else the dispatch',
      [...BOOKED, 'order-cancellation-requested'],
      ['shipping cancel-shipment', 'shipping dispatch-shipment'],
    ],
    [
      'the release after a declined payment',
      ['order-submitted', 'stock-reserved', 'payment-declined'],
      ['inventory release-stock'],
    ],
    ['the void after a refused shipment', [...BOOKED.slice(0, 3), 'shipment-refused'], ['payments undo-payment']],
    [
      'the void after a cancelled shipment',
      [...BOOKED, 'order-cancellation-requested', 'shipment-cancelled'],
      ['payments undo-payment'],
    ],
    [
      'the release after a void',
      [...BOOKED, 'order-cancellation-requested', 'shipment-cancelled', 'payment-voided'],
      ['inventory release-stock'],
    ],
    [
      'no void where the payment was declined before the cancellation was answered',
      ['order-submitted', 'stock-reserved', 'payment-declined', 'order-cancellation-requested', 'shipment-cancelled'],
      ['inventory release-stock'],
    ],
    [
      'an undo that a tombstone answers for, not for the step that came too late',
      ['order-submitted', 'order-cancellation-requested', 'shipment-cancelled', 'payment-voided', 'stock-released'],
      ['orders follow-progress'],
    ],
    [
      'the word of a service that gave up, all the same',
      [...BOOKED.slice(0, 2), 'payment-needs-attention'],
      ['payments authorize-payment'],
    ],
    ['orders to conclude when all have spoken', ['order-submitted', 'stock-refused'], ['orders follow-progress']],
  ])('%s', (_, words, open) => {
    expect(openAfter(...words)).toEqual(open);
  });

  it('nothing when it has ended', () => {
    for (const { ends, heard } of RUNS)
      if (ends !== 'completed' && ends !== 'needs-attention')
        expect(openSteps(stateAfter(orderViewFold, ...heard)?.facts ?? {})).toEqual([]);
  });

  it('nothing while nothing was heard of it', () => {
    expect(openSteps({})).toEqual([]);
  });

  it('a step since the word that began it, the latest one first', () => {
    const facts = stateAfter(orderViewFold, ...run(...BOOKED, 'order-cancellation-requested'))?.facts ?? {};
    expect(openSteps(facts).map(({ since }) => since)).toEqual([at(4), at(3)]);
  });
});
