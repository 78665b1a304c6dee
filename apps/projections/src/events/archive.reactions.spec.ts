import { EVENTS, say, type EventContract, type IntegrationEvent } from '@murmuration/contracts';
import { archiveCodec, HEARD_BY_PROJECTIONS } from '@murmuration/domain-projections';
import { serviceOnMemory } from '@murmuration/platform';
import { projectionsInMemory } from '../projections.fixture';
import { projectionsService } from '../projections.module';

const start = () =>
  serviceOnMemory(
    projectionsService({
      ...projectionsInMemory(),
      failed: (error) => {
        throw error;
      },
    }),
  );

let projections: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  projections = await start();
});
afterAll(() => projections.close());

const example = ({ name, example }: EventContract): IntegrationEvent => say({ name } as never, example as never); // because every example fits its contract

describe('the archive', () => {
  it('hears every event of the published language', () => {
    expect(HEARD_BY_PROJECTIONS).toEqual(EVENTS.map(({ name }) => name));
  });

  it.each(EVENTS.map((contract) => [contract.name, contract] as const))(
    'keeps %s as it was said, but for what is personal',
    async (name, contract) => {
      const said = Object.entries(contract.example).filter(([field]) => !(field in contract.personal));
      const { store } = projections.storage;
      const before = await store.lastPosition(0);
      expect(await projections.hear(example(contract as EventContract))).toMatchObject([{ outcome: 'accepted' }]);
      const [stored] = await store.readLog(0, before, 2);
      const { heard } = archiveCodec.decode(stored!);
      expect(heard).toMatchObject({ name, source: contract.service });
      expect(heard.data).toEqual(Object.fromEntries(said));
    },
  );

  it('lays what is about one order into one stream', async () => {
    const { orderId } = EVENTS[0].example;
    const streams = await projections.storage.store.readStreams([{ streamId: `saga-${orderId}` }]);
    const ofOrders = EVENTS.filter(({ key }) => key === 'orderId');
    expect(streams.get(`saga-${orderId}`)).toHaveLength(ofOrders.length);
  });
});
