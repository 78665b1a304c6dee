import type { INestMicroservice, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  encodeRecord,
  orderSubmitted,
  paymentDeclined,
  paymentRefunded,
  paymentVoided,
  say,
  shipmentDispatched,
  type Heard,
  type Reactions,
} from '@murmuration/contracts';
import { instant } from '@murmuration/kernel';
import type { DecodedRecord, DecodeRecord, Inbound } from '@murmuration/messaging';
import { FlockServer } from './flock-server';
import { Hears, Reacts } from './reacts';
import { heardBy, reactWith } from './reactions';

type Command = { readonly type: 'Reserve' | 'Release' | 'Commit'; readonly orderId: string };
type Rejection = { readonly type: 'Closed' };

const release = ({ orderId }: { readonly orderId: string }): readonly Command[] => [{ type: 'Release', orderId }];
const reactions: Reactions<'inventory', Command, Rejection> = {
  'reserve-stock': {
    on: { [orderSubmitted.name]: ({ orderId }) => [{ type: 'Reserve', orderId }] },
    stale: ['Closed'],
  },
  'release-stock': {
    on: { [paymentDeclined.name]: release, [paymentVoided.name]: release, [paymentRefunded.name]: release },
    stale: [],
  },
  'commit-stock': {
    on: { [shipmentDispatched.name]: ({ orderId }) => [{ type: 'Commit', orderId }] },
    stale: [],
  },
};
const react = reactWith(reactions, () => instant('2026-03-01T09:30:00.000Z'));

@Reacts()
class ReserveAndRelease {
  @Hears('inventory', 'reserve-stock')
  reserveStock(@Payload() heard: Heard) {
    return react(heard);
  }

  @Hears('inventory', 'release-stock')
  releaseStock(@Payload() heard: Heard) {
    return react(heard);
  }
}

@Reacts()
class Commit {
  @EventPattern<string>(shipmentDispatched.name)
  commitStock(@Payload() heard: Heard) {
    return react(heard);
  }
}

@Reacts()
class FailsToCommit {
  @EventPattern<string>(shipmentDispatched.name)
  commitStock(): never {
    throw new Error('a bug in the binding');
  }
}

@Reacts()
class Submits {
  @EventPattern<string>('orders.order-forgotten.v1')
  forget(@Payload() heard: Heard) {
    return react(heard);
  }
}

const started: INestMicroservice[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((app) => app.close()));
});

const start = async (
  ...controllers: Type[]
): Promise<{ readonly decode: DecodeRecord; readonly stops: () => number }> => {
  class Module {}
  let decode: DecodeRecord | undefined;
  let stops = 0;
  const strategy = new FlockServer({
    service: 'inventory',
    hears: heardBy('inventory'),
    consume: (given) => {
      decode = given;
      return Promise.resolve({ stop: () => Promise.resolve(void stops++) });
    },
  });
  const app = await NestFactory.createMicroservice({ module: Module, controllers }, { strategy, logger: false });
  started.push(app);
  await app.listen();
  if (decode === undefined) throw new Error('listening without a consumer');
  return { decode, stops: () => stops };
};

const record = (event = say(orderSubmitted, orderSubmitted.example), headers: Record<string, string> = {}): Inbound => {
  const wire = encodeRecord(event, {
    id: '00000000-0000-5000-8000-000000000001',
    source: 'orders',
    time: instant('2026-03-01T09:30:00.000Z'),
    correlationId: 'o-1',
    causationId: 'c-1',
    hop: 3,
  });
  return {
    topic: 'orders.events.v1',
    partition: 0,
    offset: '0',
    timestamp: instant('2026-03-01T09:30:00.000Z'),
    ...{ key: wire.key, value: Buffer.from(wire.value), headers: { ...wire.headers, ...headers } },
  };
};

describe("the flock's transport", () => {
  it('answers a record with what its handler reacts with, and performs nothing', async () => {
    const { decode } = await start(ReserveAndRelease, Commit);
    await expect(decode(record())).resolves.toMatchObject({
      kind: 'heard',
      heard: { id: '00000000-0000-5000-8000-000000000001', correlationId: 'o-1', hop: 3 },
      reaction: {
        step: 'reserve-stock',
        commands: [{ type: 'Reserve', orderId: orderSubmitted.example.orderId }],
        stale: new Set(['Closed']),
      },
    });
  });

  it('finds one handler for several events', async () => {
    const { decode } = await start(ReserveAndRelease, Commit);
    const answers = (await Promise.all([
      decode(record(say(paymentDeclined, paymentDeclined.example))),
      decode(record(say(paymentVoided, paymentVoided.example))),
    ])) as Extract<DecodedRecord, { kind: 'heard' }>[];
    expect(answers.map(({ reaction }) => reaction.commands[0]?.type)).toEqual(['Release', 'Release']);
  });

  it('ignores what no step of the service hears', async () => {
    const { decode } = await start(ReserveAndRelease, Commit);
    const unheard = say(
      { name: 'orders.order-completed.v1' },
      { orderId: 'o-1', completedAt: instant('2026-03-01T09:30:00.000Z') },
    );
    await expect(decode(record(unheard))).resolves.toMatchObject({ kind: 'ignored' });
  });

  it('says why a record cannot be read', async () => {
    const { decode } = await start(ReserveAndRelease, Commit);
    await expect(decode(record(undefined, { ce_type: 'orders.never-heard-of.v9' }))).resolves.toEqual({
      kind: 'unknown-type',
      type: 'orders.never-heard-of.v9',
      reason: 'no contract for events of type orders.never-heard-of.v9',
    });
    await expect(decode(record(undefined, { ce_type: 'orders.order-submitted.v2' }))).resolves.toMatchObject({
      kind: 'unknown-version',
      reason: 'no contract for events of type orders.order-submitted.v2; known here: orders.order-submitted.v1',
    });
    await expect(decode({ ...record(), value: Buffer.from([0xff, 0x00, 0x13]) })).resolves.toMatchObject({
      kind: 'undecodable',
      reason: 'the value is not JSON',
    });
  });

  it('fails the record whose handler fails', async () => {
    const { decode } = await start(ReserveAndRelease, FailsToCommit);
    await expect(decode(record(say(shipmentDispatched, shipmentDispatched.example)))).rejects.toThrow(
      'a bug in the binding',
    );
  });

  it('does not start when a declared event has no handler', async () => {
    await expect(start(ReserveAndRelease)).rejects.toThrow('inventory: no handler for shipping.shipment-dispatched.v1');
  });

  it('does not start when a handler hears what no step declares', async () => {
    await expect(start(ReserveAndRelease, Commit, Submits)).rejects.toThrow(
      'inventory: no step declared for the handler of orders.order-forgotten.v1',
    );
  });

  it('stops its consumer when it is closed', async () => {
    const { stops } = await start(ReserveAndRelease, Commit);
    await Promise.all(started.splice(0).map((app) => app.close()));
    expect(stops()).toBe(1);
  });
});
