import type { StoredEvent } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import type { World } from '../world/world';
import type { Find, Invariant } from './findings';

/** What somebody wants done, or what was done, in words that can be compared; `subject` is of whom. */
export type Deed = { readonly subject: string; readonly what: string };

/** What people ask of a service, and by what event each wish shows that it was done. */
export type WishRules = {
  readonly service: string;
  readonly invariant: Invariant;
  /** Undefined of a command that does nothing of this kind. Some wishes are granted by leaving all as it is. */
  readonly wished: (command: Message) => (Deed & { readonly mayBeDoneAlready?: boolean }) | undefined;
  readonly done: (event: Message) => Deed | undefined;
};

export type WishesWatch = {
  /** An event of the service that is watched. */
  readonly stored: (event: Message, stored: StoredEvent) => void;
  /** Compares all that people were answered to what was done for it. */
  readonly judge: () => void;
};

type Wish = Deed & {
  readonly mayBeDoneAlready: boolean;
  outcome: 'accepted' | 'rejected' | 'unknown';
  /** An attempt was given up that may still be on its way. A refusal is not kept, so it may do yet what a later one was refused. */
  mayComeLate: boolean;
};

/** Watches that whatever people ask for is done once, as they said, and not at all once it was refused. */
export const watchWishes = (
  { gateway, serviceOf }: World,
  { service, invariant, wished, done }: WishRules,
  find: Find,
): WishesWatch => {
  const wishes = new Map<string, Wish>();
  /** What was done first, by the command that brought it about. */
  const deeds = new Map<string, string>();

  gateway.onAsked((asked, command, { commandId }, answer) => {
    const deed = asked === service ? wished(command) : undefined;
    if (deed === undefined) return;
    const wish: Wish = { mayBeDoneAlready: false, ...deed, outcome: 'unknown', mayComeLate: false };
    wishes.set(commandId, wish);
    void answer.then((given) => {
      if (given !== 'no-answer') wish.outcome = given.outcome === 'rejected' ? 'rejected' : 'accepted';
    });
  });
  gateway.onUnanswered(({ commandId }) => {
    const wish = wishes.get(commandId);
    if (wish !== undefined) wish.mayComeLate = true;
  });
  // Another server need not have all that the one before has answered for.
  serviceOf(service).database.watch({
    failedOver: () => {
      for (const wish of wishes.values()) wish.outcome = 'unknown';
    },
  });

  return {
    stored: (event, { metadata: { causationId } }) => {
      const deed = done(event);
      const wish = wishes.get(causationId);
      if (deed === undefined || wish === undefined) return;
      const { subject, what } = deed;
      if (deeds.has(causationId)) find(invariant, subject, `${what} is done once more for one wish`);
      if (wish.subject !== subject || wish.what !== what)
        find(invariant, subject, `${wish.what} of ${wish.subject} was asked for, and ${what} is done`);
      deeds.set(causationId, what);
    },
    judge: () => {
      for (const [commandId, { what, subject, outcome, mayBeDoneAlready, mayComeLate }] of wishes) {
        const isDone = deeds.has(commandId);
        if (!isDone && outcome === 'accepted' && !mayBeDoneAlready)
          find(invariant, subject, `${what} was accepted and never done`);
        if (isDone && outcome === 'rejected' && !mayComeLate)
          find(invariant, subject, `${what} was refused and is done`);
      }
    },
  };
};
