import type { Heard } from '@murmuration/contracts';
import type { Instant } from '@murmuration/kernel';
import { meaningOf } from './event-meanings';
import { inOrderOfTime, serviceOf, wordOf, type OrderWord } from './heard-order';
import { openSteps, type OpenStep } from './open-steps';
import type { OrderStanding } from './order-standing';
import { orderRowOf, type OrderRow } from './order-view';

export type TimelineEntry = {
  readonly time: Instant;
  readonly service: string;
  readonly event: OrderWord;
  readonly meaning: string;
  readonly eventId: string;
  /** The event or command that made it happen. */
  readonly causationId: string;
};

export type Waiting = OpenStep & {
  /** When orders will act on the silence. */
  readonly deadlineAt?: Instant;
};

/** The whole run of one order's saga so far. */
export type SagaTimeline = OrderStanding & {
  readonly orderId: string;
  readonly entries: readonly TimelineEntry[];
  /** The step that the order waits for first of all, and those that run beside it; both absent when the order has ended. */
  readonly waitingFor?: Waiting;
  readonly alsoWaitingFor?: readonly OpenStep[];
  /** What needs a person, and who settled the order by hand. */
  readonly attention?: OrderRow['attention'];
  readonly resolution?: OrderRow['resolution'];
  readonly refundedMinor?: number;
};

/** The timeline of the order that all these events are about, or undefined when they are about none. Any order, any repetition. */
export const timelineOf = (heard: readonly Heard[]): SagaTimeline | undefined => {
  const events = inOrderOfTime(heard);
  const row = orderRowOf(events);
  if (row === undefined) return undefined;
  const { orderId, status, reason, detail, finalAt, deadlineAt, facts } = row;
  const { attention, resolution, refundedMinor } = row;
  const [first, ...others] = openSteps(facts, resolution !== undefined);
  return {
    orderId,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail }),
    ...(finalAt === undefined ? {} : { finalAt }),
    entries: events.map((event) => ({
      time: event.time,
      service: serviceOf(event.name),
      event: wordOf(event.name),
      meaning: meaningOf(event),
      eventId: event.id,
      causationId: event.causationId,
    })),
    ...(first === undefined ? {} : { waitingFor: { ...first, ...(deadlineAt === undefined ? {} : { deadlineAt }) } }),
    ...(others.length === 0 ? {} : { alsoWaitingFor: others }),
    ...(attention === undefined ? {} : { attention }),
    ...(resolution === undefined ? {} : { resolution }),
    ...(refundedMinor === undefined ? {} : { refundedMinor }),
  };
};
