import {
  reactionsByEvent,
  type IntegrationEvent,
  type Reaction,
  type Reactions,
  type ServiceName,
} from '@murmuration/contracts';
import * as inventory from '@murmuration/domain-inventory';
import * as orders from '@murmuration/domain-orders';
import * as payments from '@murmuration/domain-payments';
import * as shipping from '@murmuration/domain-shipping';
import type { Agenda, DecisionModel, Message } from '@murmuration/kernel';
import { carrier, provider, type Partner } from './partner';

export type DecidingService = Exclude<ServiceName, 'projections'>;

/** The pure side of one service, as typed as its domain room has it. */
export type Rules<
  Service extends DecidingService,
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
  /** Who its external calls go to. */
  readonly partner?: Partner;
};

/** The same, with nothing known of the types: what the search runs. */
export type RuleBook = {
  readonly service: DecidingService;
  readonly model: DecisionModel;
  readonly reactions: ReadonlyMap<string, Reaction>;
  readonly announce: (event: Message) => IntegrationEvent | undefined;
  readonly agenda: Agenda<Message, Message, Message, unknown>;
  readonly partner?: Partner;
};

/** The rules of every service that decides. */
export type Flock = { readonly [Service in DecidingService]: RuleBook };

export const ruleBook = <
  Service extends DecidingService,
  Command extends Message,
  Event extends Message,
  State,
  Rejection extends Message,
  Effect extends Message,
  Result,
>(
  rules: Rules<Service, Command, Event, State, Rejection, Effect, Result>,
): RuleBook =>
  ({
    ...rules,
    reactions: reactionsByEvent<Service, Command, Rejection>(rules.reactions),
  }) as unknown as RuleBook; // because the search hands each service only messages that the service itself made

export const ordersRules = {
  service: 'orders',
  model: orders.ordersModel,
  reactions: orders.ordersReactions,
  announce: orders.announce,
  agenda: orders.ordersAgenda,
} as const;

export const inventoryRules = {
  service: 'inventory',
  model: inventory.inventoryModel,
  reactions: inventory.inventoryReactions,
  announce: inventory.announce,
  agenda: inventory.inventoryAgenda,
} as const;

export const paymentsRules = {
  service: 'payments',
  model: payments.paymentsModel,
  reactions: payments.paymentsReactions,
  announce: payments.announce,
  agenda: payments.paymentsAgenda,
  partner: provider,
} as const;

export const shippingRules = {
  service: 'shipping',
  model: shipping.shippingModel,
  reactions: shipping.shippingReactions,
  announce: shipping.announce,
  agenda: shipping.shippingAgenda,
  partner: carrier,
} as const;

/** The flock as it flies: the deciders, reactions, announcements and agendas of production. */
export const REAL_FLOCK: Flock = {
  orders: ruleBook(ordersRules),
  inventory: ruleBook(inventoryRules),
  payments: ruleBook(paymentsRules),
  shipping: ruleBook(shippingRules),
};
