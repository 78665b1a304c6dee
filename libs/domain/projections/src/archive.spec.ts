import { EVENTS, say, type Heard, type IntegrationData } from '@murmuration/contracts';
import { archiveCodec, archiveModel, archiveReaction } from './archive';
import { heard } from './heard.fixture';
import { timelineOf } from './timeline';

const archived = (event: Heard): Heard => {
  const [command] = archiveReaction(event).commands;
  const { accepted } = archiveModel.decide(command!, () => undefined);
  return archiveCodec.decode(archiveCodec.encode(accepted![0]!)).heard;
};

const heardOf = (contract: (typeof EVENTS)[number]): Heard => ({
  ...heard('orders.order-submitted.v1'),
  ...say(contract, contract.example as IntegrationData<typeof contract.name>), // because it is the contract's own
});

describe('the archive', () => {
  it.each(EVENTS.map((contract) => [contract.name, contract] as const))(
    'keeps all of %s but what is personal',
    (_, contract) => {
      const personal = Object.keys(contract.personal);
      const event = heardOf(contract);
      const kept = Object.entries(event.data).filter(([field]) => !personal.includes(field));
      expect(archived(event)).toEqual({ ...event, data: Object.fromEntries(kept) });
    },
  );

  it('keeps neither the payment token nor the address of an order, which no view needs', () => {
    const submitted = heard('orders.order-submitted.v1');
    expect(submitted.data).toMatchObject({
      paymentToken: expect.any(String) as string,
      shipTo: expect.any(Object) as object,
    });
    expect(archived(submitted).data).not.toHaveProperty('paymentToken');
    expect(archived(submitted).data).not.toHaveProperty('shipTo');
    expect(timelineOf([archived(submitted)])).toEqual(timelineOf([submitted]));
  });
});
