import { orderStream } from '@murmuration/domain-orders';
import { derivedId, EventStoreError, type Executed } from '@murmuration/event-store';
import { MessagingError } from '@murmuration/messaging';
import { command, reaches, recordsOf, timesSaid } from './props';
import type { Scenario } from './scenario';
import type { Stage } from './stage';

const HOUR_MS = 60 * 60_000;
const DEADLINE_MS = 2 * HOUR_MS;
const QUEUE_MAX = 10_000;
const UNSENT_MAX = 40;
const REPLICAS = 2;
/** More than this a service cannot take on between two counts, when it is asked every so often. */
const ORDERS_MAX = 200;
const ASKED_EVERY_MS = 100;

const SHIP_TO = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' };

const positionOf = ({ world }: Stage): Promise<number> =>
  world.serviceOf('orders').database.tables.store.lastPosition(0);

/** Asks one process of orders, and nobody else when it refuses. */
const askNode = async (
  { world }: Stage,
  slot: number,
  wanted: ReturnType<typeof command>,
  key: string,
): Promise<Executed | 'turned away'> => {
  const node = world.serviceOf('orders').nodes[slot];
  if (node === undefined) throw new Error('there is no process');
  try {
    return await node.execute(wanted, derivedId('asked', key), wanted.orderId ?? key);
  } catch (error) {
    if (error instanceof MessagingError && error.code === 'backlog-full' && error.retryable) return 'turned away';
    throw error;
  }
};

const orderNamed = (orderId: string, { now }: Stage) =>
  command({
    ...{ type: 'PlaceOrder', orderId, customerId: 'c-1', currency: 'EUR', paymentToken: 'tok_ok', shipTo: SHIP_TO },
    ...{ lines: [{ sku: 'KETTLE', quantity: 1, unitPriceMinor: 1_250 }], deadlineMs: DEADLINE_MS, now: now() },
  });

const idOf = (nth: number): string => derivedId('overload', String(nth));

/** Orders come by all replicas until each of them turns them away; answers with those that were taken. */
const orderUntilFull = async (stage: Stage): Promise<readonly string[]> => {
  const taken: string[] = [];
  let turnedAwayInTurn = 0;
  for (let nth = 0; nth < ORDERS_MAX && turnedAwayInTurn < REPLICAS; nth++) {
    const answer = await askNode(stage, nth % REPLICAS, orderNamed(idOf(nth), stage), `place ${idOf(nth)}`);
    turnedAwayInTurn = answer === 'turned away' ? turnedAwayInTurn + 1 : 0;
    if (answer !== 'turned away') taken.push(idOf(nth));
    await stage.pass(ASKED_EVERY_MS);
  }
  stage.expect(
    'orders are taken for a while, and then turned away',
    taken.length > 10 && turnedAwayInTurn === REPLICAS,
  );
  return taken;
};

const refuseForWantOfDisk = async (stage: Stage): Promise<string> => {
  const { place, arm, events, nowMs, expect } = stage;
  arm('database refuses', /^orders-\d\/\d+ (append|apply|write|commit)/, 30);
  const startedMs = nowMs();
  const orderId = await place();
  expect('the client came back until it was taken', nowMs() - startedMs > 1_000);
  const submitted = (await events('orders', orderStream(orderId))).filter(({ type }) => type === 'OrderSubmitted');
  expect('the order is there once', submitted.length === 1);
  return orderId;
};

const flood = async ({ world, now, expect }: Stage): Promise<void> => {
  const [node] = world.serviceOf('orders').nodes;
  const asked = Array.from({ length: QUEUE_MAX + 50 }, (_, nth) => {
    const id = derivedId('flood', String(nth));
    const wanted = command({ type: 'RequestCancellation', orderId: id, reason: 'customer-requested', now: now() });
    return node?.execute(wanted, id, id) ?? Promise.reject(new Error('there is no process'));
  });
  const answers = await Promise.allSettled(asked);
  const refused = answers.filter((answer) => answer.status === 'rejected');
  const isOverload = ({ reason }: PromiseRejectedResult): boolean =>
    reason instanceof EventStoreError && reason.code === 'overloaded' && reason.retryable;
  expect('what could not wait was told to come back', refused.length === 50 && refused.every(isOverload));
  expect('all others were answered', answers.length - refused.length === QUEUE_MAX);
};

/** What is full takes nothing new on, and finishes what it has; answers with the order that was called off. */
const standFull = async (stage: Stage, taken: readonly string[]): Promise<string> => {
  const { world, now, pass, expect, count } = stage;
  const [first = '', calledOff = ''] = taken;
  const before = await positionOf(stage);
  expect('what waits is not more than may wait, and what came between two counts', before < UNSENT_MAX * 2);
  await pass(30_000);
  for (const slot of [0, 1]) {
    const answer = await askNode(stage, slot, orderNamed(idOf(ORDERS_MAX), stage), 'one more');
    expect('every replica turns new orders away, whoever leads the relay', answer === 'turned away');
  }
  const again = await askNode(stage, 1, orderNamed(first, stage), `place ${first}`);
  expect('who asks again is told that it was taken', again !== 'turned away' && again.outcome === 'repeated');
  expect('nothing of all this was stored', (await positionOf(stage)) === before);
  const wish = { type: 'RequestCancellation', orderId: calledOff, reason: 'customer-requested', now: now() };
  const cancelled = await askNode(stage, 0, command(wish), 'cancel');
  expect('an order can still be called off', cancelled !== 'turned away' && cancelled.outcome === 'accepted');
  const filled = count('took nothing new on');
  world.kill('orders-2', 100);
  await pass(5_000);
  expect('a process that starts finds it full', count('took nothing new on') === filled + 1);
  return calledOff;
};

const catchUp = async (stage: Stage, taken: readonly string[], calledOff: string): Promise<void> => {
  const { world, place, until, expect, count, standing } = stage;
  const waiting = place();
  await stage.pass(10_000);
  expect('who keeps asking is not taken before the broker is back', count('took new work on again') === 0);
  world.log.outage.end();
  await reaches(stage, await waiting, 'delivered');
  expect('new orders are taken on again', count('took new work on again') > 0);
  const ending = (orderId: string): string => (orderId === calledOff ? 'cancelled' : 'delivered');
  await until('each order that was taken has ended', () =>
    taken.every((orderId) => standing(orderId)?.status === ending(orderId)),
  );
  await until('nothing waits any more', async () => {
    const { outbox } = world.serviceOf('orders').database.tables;
    return (await outbox.read(0)).position === (await positionOf(stage));
  });
  const ends = taken.filter((orderId) => orderId !== calledOff);
  expect(
    'each of them was said to be submitted, once',
    taken.every((id) => timesSaid(stage, id, 'order-submitted') === 1),
  );
  expect(
    'each of them was delivered once',
    ends.every((id) => timesSaid(stage, id, 'shipment-delivered') === 1),
  );
  const sent = taken.flatMap((id) => recordsOf(stage, 'orders', id).map(({ headers }) => headers['ce_id']));
  expect('no record was sent twice', new Set(sent).size === sent.length);
};

/** More than can be stored, decided or told. */
export const OVERLOAD: readonly Scenario[] = [
  {
    number: 40,
    title:
      'Disk full, more commands than can wait, or more events than may wait to be sent: clear refusals that ask to come back, and nothing is harmed',
    stage: { replicas: { orders: REPLICAS }, unsentMax: UNSENT_MAX },
    script: async (stage) => {
      const { place, rest, world } = stage;
      const orderId = await refuseForWantOfDisk(stage);
      await flood(stage);
      await reaches(stage, orderId, 'delivered');
      world.log.outage.begin(HOUR_MS);
      const taken = await orderUntilFull(stage);
      const calledOff = await standFull(stage, taken);
      await catchUp(stage, taken, calledOff);
      await reaches(stage, await place(), 'delivered');
      await rest();
    },
  },
];
