import {
  bindReactions,
  decodeRecord,
  heardBy,
  parkedSayings,
  reactionsByEvent,
  type HearingService,
  type IntegrationEvent,
  type Reaction,
  type Reactions,
  type ReadRecord,
  type RecordToRead,
  type ServiceName,
} from '@murmuration/contracts';
import * as inventory from '@murmuration/domain-inventory';
import * as orders from '@murmuration/domain-orders';
import { archiveCodec, archiveModel, archiveReaction, HEARD_BY_PROJECTIONS } from '@murmuration/domain-projections';
import * as payments from '@murmuration/domain-payments';
import * as shipping from '@murmuration/domain-shipping';
import { jsonCodec, type EventCodec } from '@murmuration/event-store';
import type { Agenda, DecisionModel, Instant, Message, StoredShapes } from '@murmuration/kernel';
import { agendaBesideParked, announceBesideParked, codecBesideParked } from '@murmuration/messaging';

/** What makes one service another than the others, as the parts of the flock that do not care about its types see it. */
export type Binding = {
  readonly service: ServiceName;
  readonly model: DecisionModel;
  readonly codec: EventCodec<Message>;
  readonly reactions: ReadonlyMap<string, Reaction>;
  /** What a process makes of a record by its own clock. */
  readonly reader: (now: () => Instant) => (record: RecordToRead) => ReadRecord;
  /** What it says of its own events and of its parked records, unless it says nothing at all. */
  readonly announce?: (event: Message) => IntegrationEvent | undefined;
  /** Its calls and deadlines, unless it only listens. */
  readonly agenda?: Agenda<Message, Message, Message, unknown>;
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
  readonly shapes: StoredShapes<Event>;
  readonly reactions: Reactions<Service, Command, Rejection>;
  readonly announce: (event: Event) => IntegrationEvent | undefined;
  readonly agenda: Agenda<Event, Command, Effect, Result>;
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
  shapes,
  reactions,
  announce,
  agenda,
}: Rules<Service, Command, Event, State, Rejection, Effect, Result>): Binding => ({
  service,
  model: model as unknown as DecisionModel, // because it is only given commands and events of its own service
  codec: codecBesideParked(jsonCodec<Event>(shapes)),
  reactions: reactionsByEvent<Service, Command, Rejection>(reactions),
  reader: (now) => bindReactions<Service, Command, Rejection>(reactions, now),
  announce: announceBesideParked(announce, parkedSayings(service)) as NonNullable<Binding['announce']>, // because it is only given events of its own service
  agenda: agendaBesideParked(agenda) as unknown as NonNullable<Binding['agenda']>, // because it is only given events of its own service
  heard: heardBy(service),
});

/** Projections keep what they hear, and say and do nothing. */
const projections: Binding = {
  service: 'projections',
  model: archiveModel as unknown as DecisionModel, // as above
  codec: archiveCodec, // as above
  reactions: new Map(),
  reader: () => (record) => {
    const decoded = decodeRecord(record.headers, record.value === null ? null : record.value.toString('utf8'));
    if (decoded.kind !== 'heard') return decoded;
    return { kind: 'heard', heard: decoded.event, reaction: archiveReaction(decoded.event) };
  },
  heard: HEARD_BY_PROJECTIONS,
};

/** All services, where inventory holds stock for so long. */
export const bindings = (holdMs: number): readonly Binding[] => [
  bind({
    ...{ service: 'orders', model: orders.ordersModel, reactions: orders.ordersReactions },
    shapes: orders.ordersShapes,
    ...{ announce: orders.announce, agenda: orders.ordersAgenda },
  }),
  bind({
    ...{
      service: 'inventory',
      model: inventory.inventoryModel,
      reactions: inventory.inventoryReactionsHolding(holdMs),
    },
    shapes: inventory.inventoryShapes,
    ...{ announce: inventory.announce, agenda: inventory.inventoryAgenda },
  }),
  bind({
    ...{ service: 'payments', model: payments.paymentsModel, reactions: payments.paymentsReactions },
    shapes: payments.paymentsShapes,
    ...{ announce: payments.announce, agenda: payments.paymentsAgenda },
  }),
  bind({
    ...{ service: 'shipping', model: shipping.shippingModel, reactions: shipping.shippingReactions },
    shapes: shipping.shippingShapes,
    ...{ announce: shipping.announce, agenda: shipping.shippingAgenda },
  }),
  projections,
];
