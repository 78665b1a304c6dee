import type { Scenario } from './scenario';

/** Two wishes that cannot both come true. */
export const RACES: readonly Scenario[] = [
  {
    number: 17,
    title: 'Cancel against dispatch: the append of shipping picks one, and the loser is refused explicitly',
    stage: { carrierMs: { handOverMs: 0, deliverMs: 500 } },
    script: async ({ place, cancel, until, standing, said, rest, expect }) => {
      const orderId = await place();
      await until('the shipment is booked', () => said(orderId).some(({ name }) => name.includes('shipment-booked')));
      await cancel(orderId);
      await rest();
      const names = said(orderId).map(({ name }) => name.split('.')[1]);
      const isDispatched = names.includes('shipment-dispatched');
      expect(
        'the cancellation was refused in words, or won',
        isDispatched === names.includes('shipment-cancel-refused'),
      );
      expect(
        'the order ended as the winner says',
        standing(orderId)?.status === (isDispatched ? 'delivered' : 'cancelled'),
      );
    },
  },
];
