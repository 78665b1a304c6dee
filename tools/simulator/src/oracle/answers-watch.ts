import { EffectsError } from '@murmuration/effects';
import { EventStoreError } from '@murmuration/event-store';
import { MessagingError } from '@murmuration/messaging';
import type { World } from '../world/world';
import type { Find } from './findings';

export type AnswersWatch = {
  /** Once nothing goes on any more, nobody waits for an answer. */
  readonly judge: () => void;
};

/** How long an answer takes at most where nothing is in the way. */
const ANSWERED_WITHIN_MS = 5_000;

/** What ends or undoes what has begun, or is a person's way out. It is taken on however much waits to be sent. */
const ALWAYS_TAKEN = new Set([
  ...[
    'RequestCancellation',
    'RetryOrder',
    'ForceCancellation',
    'ResolveOrder',
    'SuspendCustomer',
    'DeactivateCustomer',
  ],
  ...['RetryCommit', 'ResolveReservation', 'ReportProviderOutcome', 'RetryCall', 'ResolveCall'],
  ...['DispatchShipment', 'DeliverShipment'],
]);

/** Errors by which a part of the flock says what it cannot do now; anything else that comes out of it is a bug. */
const isTold = (error: unknown): boolean =>
  error instanceof EventStoreError || error instanceof MessagingError || error instanceof EffectsError;

/** Watches how people and partners are answered: that they are, and that they are turned away for what they may be alone. */
export const watchAnswers = ({ gateway, tally, nowMs }: World, find: Find): AnswersWatch => {
  const open = new Map<string, { readonly subject: string; readonly what: string; readonly sinceMs: number }>();
  let isOver = false;

  gateway.onAsked((service, { type }, { commandId, orderId }, answer) => {
    open.set(commandId, { subject: orderId, what: `${type} to ${service}`, sinceMs: nowMs() });
    void answer.then((given) => {
      if (given === 'no-answer' && !isOver) find('I4', orderId, `nobody ever answered ${type} to ${service}`);
      open.delete(commandId);
    });
  });
  gateway.onFailed((service, { type }, { orderId }, error) => {
    if (!isTold(error)) find('rules', orderId, `${service} fails at ${type}: ${String(error)}`);
    if (!(error instanceof MessagingError) || error.code !== 'backlog-full') return;
    tally.add('new work turned away');
    if (ALWAYS_TAKEN.has(type)) find('I4', orderId, `${service} turns ${type} away because much waits to be sent`);
  });

  return {
    judge: () => {
      // What comes after may be slept through.
      isOver = true;
      for (const { subject, what, sinceMs } of open.values())
        if (nowMs() - sinceMs > ANSWERED_WITHIN_MS) find('I4', subject, `nobody has answered ${what}`);
    },
  };
};
