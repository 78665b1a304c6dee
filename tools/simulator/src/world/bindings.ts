import { STEPS, type IntegrationEvent, type Reaction, type ServiceName } from '@murmuration/contracts';
import { reactionsByEvent, type Reactions } from '@murmuration/contracts';
import * as inventory from '@murmuration/domain-inventory';
import * as orders from '@murmuration/domain-orders';
import * as payments from '@murmuration/domain-payments';
import * as shipping from '@murmuration/domain-shipping';
import type { EventCodec } from '@murmuration/event-store';
import type { Agenda, DecisionModel, Message } from '@murmuration/kernel';

export type HearingService = Exclude<ServiceName, 'projections'>;

/** What makes one service another than the others, as the parts of the flock that do not care about its types see it. */
export type Binding = {
  readonly service: HearingService;
  readonly model: DecisionModel;
  readonly codec: EventCodec<Message>;
  readonly reactions: ReadonlyMap<string, Reaction>;
  readonly announce: (event: Message) => IntegrationEvent | undefined;
  readonly agenda: Agenda<Message, Message, Message, unknown>;
  /** The names of the events it hears. */
  readonly heard: readonly string[];
};

type Rules<
  Service extends HearingService,
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
> = {
  readonly service: Service;
  readonly model: DecisionModel<Command, Event, State, Rejection>;
  readonly reactions: Reactions<Service, Command, Rejection>;
  readonly announce: (event: Event) => IntegrationEvent | undefined;
  readonly agenda: Agenda<Event, Command, Effect, Result>;
};

/** Events are stored as they are: within one run there is one version of each. */
const plainCodec: EventCodec<Message> = {
  encode: ({ type, ...data }) => ({ type, schemaVersion: 1, data: JSON.stringify(data) }),
  decode: ({ type, data }) => ({ type, ...(JSON.parse(data) as object) }),
};

/** Forgets the types of one service, which fit each other by construction. */
const bind = <
  Service extends HearingService,
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>({
  service,
  model,
  reactions,
  announce,
  agenda,
}: Rules<Service, Command, Event, State, Rejection, Effect, Result>): Binding => ({
  service,
  model: model as unknown as DecisionModel, // because it is only given commands and events of its own service
  codec: plainCodec,
  reactions: reactionsByEvent<Service, Command, Rejection>(reactions),
  announce: announce as (event: Message) => IntegrationEvent | undefined, // as above
  agenda: agenda as unknown as Binding['agenda'], // as above
  heard: STEPS[service].flatMap(({ hears }) => [...hears]),
});

export const BINDINGS: readonly Binding[] = [
  bind({
    ...{ service: 'orders', model: orders.ordersModel, reactions: orders.ordersReactions },
    ...{ announce: orders.announce, agenda: orders.ordersAgenda },
  }),
  bind({
    ...{ service: 'inventory', model: inventory.inventoryModel, reactions: inventory.inventoryReactions },
    ...{ announce: inventory.announce, agenda: inventory.inventoryAgenda },
  }),
  bind({
    ...{ service: 'payments', model: payments.paymentsModel, reactions: payments.paymentsReactions },
    ...{ announce: payments.announce, agenda: payments.paymentsAgenda },
  }),
  bind({
    ...{ service: 'shipping', model: shipping.shippingModel, reactions: shipping.shippingReactions },
    ...{ announce: shipping.announce, agenda: shipping.shippingAgenda },
  }),
];
