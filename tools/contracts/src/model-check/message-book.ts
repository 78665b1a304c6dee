import type { IntegrationEvent } from '@murmuration/contracts';
import { assert } from '@murmuration/kernel';
import { tokenBook } from './tokens';

/** More different messages than any run of one scenario says; beyond it somebody talks for ever. */
export const MESSAGES_MAX = 4_096;

/** A message by its number in the book. What is said twice by one actor is two messages with one text. */
export type MessageId = number;

export type SaidMessage = { readonly id: MessageId; readonly event: IntegrationEvent; readonly orderId?: string };

/** Numbers every message that is said in a scenario, the same on every way there. */
export const messageBook = () => {
  const { tokenOf } = tokenBook();
  const messages: SaidMessage[] = [];
  const idsByText = new Map<string, MessageId>();
  return {
    /** `before` counts how often the same actor has said the same already. */
    idOf(event: IntegrationEvent, before: (id: MessageId) => boolean): MessageId {
      const text = tokenOf(event);
      for (let nth = 1; ; nth++) {
        const id = idsByText.get(`${nth}:${text}`) ?? enter(`${nth}:${text}`, event);
        if (!before(id)) return id;
      }
    },
    at: (id: MessageId): SaidMessage => messages[id]!, // because messages are numbered here alone
  };

  function enter(text: string, event: IntegrationEvent): MessageId {
    assert(messages.length < MESSAGES_MAX, `at most ${MESSAGES_MAX} different messages`);
    const id = messages.length;
    const { orderId } = event.data as { readonly orderId?: string }; // because every event about an order names it so
    messages.push({ id, event, ...(orderId === undefined ? {} : { orderId }) });
    idsByText.set(text, id);
    return id;
  }
};

export type MessageBook = ReturnType<typeof messageBook>;
