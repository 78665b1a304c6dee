import { customerStream, unregisteredCustomer } from '@murmuration/domain-customers';
import { assert } from '@murmuration/kernel';
import fc from 'fast-check';
import { ordersModel } from './model';
import type { FactName } from './order.facts';
import {
  cancel,
  customerId,
  deadlineAt,
  deadlineFires,
  hear,
  laterDeadlineAt,
  orderId,
  submitted,
} from './order.fixture';
import { orderStream, type OrderCommand, type OrderEvent } from './order.messages';
import { evolve, standingOf, type PlacedOrder } from './order.state';

/** A fact that arrives, or the customer's wish to cancel. */
type Arrival = FactName | 'cancel';

/** What is said of one order by all services. `answers` are what follows from the wish to cancel, and so comes after it. */
type History = { readonly ends: string; readonly arrivals: readonly Arrival[]; readonly answers?: readonly FactName[] };

const FORWARD = ['stock-reserved', 'payment-authorized', 'shipment-booked'] as const;

/** One for each way that an order can take through the services. */
const HISTORIES: readonly History[] = [
  {
    ends: 'delivered',
    arrivals: [...FORWARD, 'shipment-dispatched', 'payment-captured', 'stock-committed', 'shipment-delivered'],
  },
  {
    ends: 'completed',
    arrivals: [...FORWARD, 'cancel', 'shipment-dispatched', 'payment-captured', 'stock-committed'],
    answers: ['shipment-cancel-refused'],
  },
  { ends: 'rejected out-of-stock', arrivals: ['stock-refused'] },
  {
    ends: 'rejected out-of-stock',
    arrivals: ['stock-refused', 'cancel'],
    answers: ['shipment-cancelled', 'payment-voided', 'stock-released'],
  },
  {
    ends: 'cancelled payment-declined insufficient_funds',
    arrivals: ['stock-reserved', 'payment-declined', 'stock-released'],
  },
  {
    ends: 'cancelled payment-declined insufficient_funds',
    arrivals: ['stock-reserved', 'payment-declined', 'stock-released', 'cancel'],
    answers: ['shipment-cancelled'],
  },
  {
    ends: 'cancelled shipment-refused country_not_served',
    arrivals: ['stock-reserved', 'payment-authorized', 'shipment-refused', 'payment-voided', 'stock-released'],
  },
  {
    ends: 'cancelled shipment-refused country_not_served',
    arrivals: [
      'cancel',
      'payment-authorized',
      'payment-captured',
      'shipment-refused',
      'payment-refunded',
      'stock-released',
    ],
  },
  {
    ends: 'completed',
    arrivals: [
      ...FORWARD,
      'payment-authorization-expired',
      'shipment-dispatched',
      'payment-captured',
      'stock-committed',
    ],
    answers: [],
  },
  {
    ends: 'cancelled customer-requested',
    arrivals: ['cancel'],
    answers: ['shipment-cancelled', 'payment-voided', 'stock-released'],
  },
  {
    ends: 'cancelled customer-requested',
    arrivals: [...FORWARD, 'cancel'],
    answers: ['shipment-cancelled', 'payment-voided', 'stock-released'],
  },
  {
    ends: 'cancelled customer-requested',
    arrivals: [...FORWARD, 'payment-captured', 'cancel'],
    answers: ['shipment-cancelled', 'payment-refunded', 'stock-released'],
  },
];

/** Whether `next` can arrive before all that is `missing`: what inventory says of one order arrives as it was said. */
const canArrive = (next: Arrival, missing: readonly Arrival[], { answers = [] }: History): boolean => {
  if (next === 'stock-released' && missing.includes('stock-refused')) return false;
  return next === 'cancel' || !answers.includes(next) || !missing.includes('cancel');
};

const start = evolve({ kind: 'order', stage: 'absent' }, submitted) as PlacedOrder;

const handle = (order: PlacedOrder, command: OrderCommand): readonly [PlacedOrder, readonly OrderEvent[]] => {
  const { accepted = [] } = ordersModel.decide(command, (streamId) => {
    if (streamId === customerStream(customerId)) return unregisteredCustomer;
    assert(streamId === orderStream(orderId), 'only the order and its customer are looked at');
    return order;
  });
  const events = accepted as readonly OrderEvent[];
  return [events.reduce(evolve, order) as PlacedOrder, events];
};

const commandOf = (arrival: Arrival): OrderCommand => (arrival === 'cancel' ? cancel : hear(arrival));

const standing = (order: PlacedOrder): string => {
  const { status, reason, detail } = standingOf(order);
  return [status, reason, detail].filter((word) => word !== undefined).join(' ');
};

const isFinal = ({ type }: OrderEvent): boolean => type === 'OrderRejected' || type === 'OrderCancelled';

/** Walks through all orders of arrival, visiting every state on the way with the set of what is still to come. */
const everyOrderOfArrival = (
  history: History,
  visit: (missing: readonly Arrival[], order: PlacedOrder, said: readonly OrderEvent[]) => void,
): void => {
  const walk = (missing: readonly Arrival[], order: PlacedOrder, said: readonly OrderEvent[]): void => {
    visit(missing, order, said);
    for (const next of missing) {
      if (!canArrive(next, missing, history)) continue;
      const [after, events] = handle(order, commandOf(next));
      const rest = missing.filter((arrival) => arrival !== next);
      walk(rest, after, [...said, ...events]);
    }
  };
  walk(allOf(history), start, []);
};

const allOf = ({ arrivals, answers = [] }: History): readonly Arrival[] => [...arrivals, ...answers];

/** The same, with each thing that cannot have arrived yet moved to where it can. */
const inPossibleOrder = (shuffled: readonly Arrival[], history: History): readonly Arrival[] => {
  const missing = [...shuffled];
  return shuffled.map(() => {
    const at = missing.findIndex((next) => canArrive(next, missing, history));
    return missing.splice(at, 1)[0]!;
  });
};

describe.each(HISTORIES)('an order that ends as $ends by $arrivals and $answers', (history) => {
  const { ends } = history;

  it('ends so in every order of arrival, and on the way stands as the set of what was heard says', () => {
    const standsBy = new Map<string, string>();
    const ended: string[] = [];
    everyOrderOfArrival(history, (missing, order, said) => {
      const set = missing.join();
      const stands = standing(order);
      const stood = standsBy.get(set) ?? stands;
      standsBy.set(set, stood);
      if (stood !== stands) throw new Error(`stands as ${stands} and as ${stood} before ${set}`);
      if (said.filter(isFinal).length > 1) throw new Error('ended twice');
      if (missing.length === 0) ended.push(stands);
    });
    expect([...new Set(ended)]).toEqual([ends]);
  });

  it('ends so whatever is heard again and again, also when a service once gave up', () => {
    const all = allOf(history);
    const shuffles = fc.shuffledSubarray([...all], { minLength: all.length });
    const echoes = fc.array(fc.record({ of: fc.nat(all.length - 1), after: fc.nat(all.length - 1) }));
    const givesUpAfter = fc.nat(all.length - 1);
    fc.assert(
      fc.property(shuffles, echoes, givesUpAfter, (shuffled, heardAgain, givingUp) => {
        const arrivals = inPossibleOrder(shuffled, history);
        const commands = arrivals.flatMap((arrival, index) => [
          commandOf(arrival),
          ...(index === givingUp ? [hear('payment-needs-attention')] : []),
          ...heardAgain
            .filter(({ of, after }) => after === index && of <= index)
            .map(({ of }) => commandOf(arrivals[of]!)),
        ]);
        expect(standing(commands.reduce((order, command) => handle(order, command)[0], start))).toBe(ends);
      }),
    );
  });
});

describe('a fact heard twice', () => {
  it.each(HISTORIES)('is once on the way to $ends: nothing is stored and nothing is said', (history) => {
    allOf(history).reduce((order, arrival) => {
      const [after] = handle(order, commandOf(arrival));
      expect(handle(after, commandOf(arrival))).toEqual([after, []]);
      return after;
    }, start);
  });
});

describe('no order waits for ever', () => {
  it.each(HISTORIES)('on the way to $ends, for when both deadlines have fired a person is called', (history) => {
    everyOrderOfArrival(history, (_, order) => {
      if (order.ending !== undefined) return;
      const [asked, first] = handle(order, deadlineFires(deadlineAt));
      const [, second] = handle(asked, deadlineFires(laterDeadlineAt));
      const said = [...first, ...second].map(({ type }) => type);
      if (!said.includes('OrderNeedsAttention')) throw new Error(`${standing(order)} waits: ${said.join()}`);
    });
  });
});
