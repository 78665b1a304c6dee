import type { Outbox, RelayCheckpoint } from './outbox.port';

const lease = (epoch: number) => ({ name: 'relay', holder: 'one', epoch });
const place = (position: number, ...sent: readonly (readonly [string, number])[]): RelayCheckpoint => ({
  position,
  lastSent: new Map(sent.map(([target, at]) => [target, { position: at, eventId: `e${at}` }])),
});

/** Each test uses a log partition of its own. */
export const outboxContract = (make: () => Promise<Outbox>): void => {
  let outbox: Outbox;
  let logPartition = 0;
  beforeAll(async () => {
    outbox = await make();
  });
  beforeEach(() => {
    logPartition += 1;
  });

  describe("a relay's place", () => {
    it('is the beginning as long as none was written', async () => {
      await expect(outbox.read(logPartition)).resolves.toEqual(place(0));
    });

    it('is what was written last, with the last record of each topic-partition', async () => {
      await outbox.write(logPartition, lease(1), place(4, ['orders.events.v1/0', 3]));
      const latest = place(9, ['orders.events.v1/0', 8], ['orders.events.v1/11', 9]);
      await expect(outbox.write(logPartition, lease(1), latest)).resolves.toBe('written');
      await expect(outbox.read(logPartition)).resolves.toEqual(latest);
    });

    it('is one of its log partition alone', async () => {
      await outbox.write(logPartition, lease(1), place(4));
      await expect(outbox.read(logPartition + 1000)).resolves.toEqual(place(0));
    });

    it('is fenced against the relays of former epochs once a newer one has written', async () => {
      await outbox.write(logPartition, lease(1), place(4));
      await expect(outbox.write(logPartition, lease(3), place(6))).resolves.toBe('written');
      await expect(outbox.write(logPartition, lease(2), place(9))).resolves.toBe('fenced');
      await expect(outbox.read(logPartition)).resolves.toEqual(place(6));
    });
  });
};
