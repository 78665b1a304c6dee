import {
  reactionsByEvent,
  type HearingService,
  type IntegrationEvent,
  type Reaction,
  type Reactions,
} from '@murmuration/contracts';
import * as inventory from '@murmuration/domain-inventory';
import * as orders from '@murmuration/domain-orders';
import * as payments from '@murmuration/domain-payments';
import * as shipping from '@murmuration/domain-shipping';
import type { Agenda, DecisionModel, Message, StoredShapes } from '@murmuration/kernel';

/** The pure side of one service, as a play sees it that does not care about its types. */
export type Role = {
  readonly service: HearingService;
  readonly model: DecisionModel;
  readonly reactions: ReadonlyMap<string, Reaction>;
  readonly announce: (event: Message) => IntegrationEvent | undefined;
  readonly agenda: Agenda<Message, Message, Message, unknown>;
  readonly shapes: StoredShapes<Message>;
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
  readonly shapes: StoredShapes<Event>;
};

/** Forgets the types of one service, which fit each other by construction. */
const role = <
  Service extends HearingService,
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>(
  rules: Rules<Service, Command, Event, State, Rejection, Effect, Result>,
): Role => ({
  ...(rules as unknown as Role), // because it is only given commands and events of its own service
  reactions: reactionsByEvent<Service, Command, Rejection>(rules.reactions),
});

/** The services that decide, with the rules that run in production; orders, which hears everything, hears last. */
export const CAST: readonly Role[] = [
  role({
    ...{ service: 'inventory', model: inventory.inventoryModel, reactions: inventory.inventoryReactions },
    ...{ announce: inventory.announce, agenda: inventory.inventoryAgenda, shapes: inventory.inventoryShapes },
  }),
  role({
    ...{ service: 'payments', model: payments.paymentsModel, reactions: payments.paymentsReactions },
    ...{ announce: payments.announce, agenda: payments.paymentsAgenda, shapes: payments.paymentsShapes },
  }),
  role({
    ...{ service: 'shipping', model: shipping.shippingModel, reactions: shipping.shippingReactions },
    ...{ announce: shipping.announce, agenda: shipping.shippingAgenda, shapes: shipping.shippingShapes },
  }),
  role({
    ...{ service: 'orders', model: orders.ordersModel, reactions: orders.ordersReactions },
    ...{ announce: orders.announce, agenda: orders.ordersAgenda, shapes: orders.ordersShapes },
  }),
];
