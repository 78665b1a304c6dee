import type { OrderLine } from '@murmuration/contracts';
import type { OrdersCommand, OrdersEvent } from '@murmuration/domain-orders';
import type { Message } from '@murmuration/kernel';
import type { World } from '../world/world';
import type { Find } from './findings';
import { isSameUnits, showUnits, unitsOf } from './lines-watch';
import type { WishRules } from './wishes-watch';
import type { Words } from './words';

const priceOf = (lines: readonly OrderLine[]): number =>
  lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);

const told = (lines: readonly OrderLine[]): string => `${showUnits(unitsOf(lines))} for ${priceOf(lines)}`;

/** What customers do to their orders until these are submitted. */
export const BASKET_WISHES: WishRules = {
  service: 'orders',
  invariant: 'I2',
  wished: (asked) => {
    const command = asked as OrdersCommand; // because orders is asked
    if (!('orderId' in command)) return undefined;
    const { orderId: subject } = command;
    switch (command.type) {
      case 'PlaceOrder':
        return { subject, what: 'submitting' };
      case 'SubmitOrder':
        return { subject, what: 'submitting', mayBeDoneAlready: true };
      case 'CreateOrder':
        return { subject, what: `drafting ${told(command.lines)}` };
      case 'AddOrderLine':
        return { subject, what: `adding ${told([command])}` };
      case 'ChangeLineQuantity':
        return { subject, what: `having ${command.quantity} ${command.sku}`, mayBeDoneAlready: true };
      case 'RemoveOrderLine':
        return { subject, what: `removing ${command.sku}`, mayBeDoneAlready: true };
      default:
        return undefined;
    }
  },
  done: (stored) => {
    const event = stored as OrdersEvent; // because orders stored it
    if (!('orderId' in event)) return undefined;
    const { orderId: subject } = event;
    switch (event.type) {
      case 'OrderSubmitted':
        return { subject, what: 'submitting' };
      case 'OrderDrafted':
        return { subject, what: `drafting ${told(event.lines)}` };
      case 'OrderLineAdded':
        return { subject, what: `adding ${told([event])}` };
      case 'OrderLineQuantityChanged':
        return { subject, what: `having ${event.quantity} ${event.sku}` };
      case 'OrderLineRemoved':
        return { subject, what: `removing ${event.sku}` };
      default:
        return undefined;
    }
  },
};

export type BasketWatch = {
  /** An event of orders. */
  readonly stored: (event: Message) => void;
  /** Whatever was not submitted is nobody else's business. */
  readonly judge: () => void;
};

/** Keeps what customers have put into their orders line by line, and compares what is submitted to it. */
export const watchBaskets = ({ gateway }: World, words: Words, find: Find): BasketWatch => {
  const baskets = new Map<string, readonly OrderLine[]>();
  const submitted = new Set<string>();
  const basketOf = (orderId: string): readonly OrderLine[] => baskets.get(orderId) ?? [];

  const submit = (orderId: string, lines: readonly OrderLine[]): void => {
    submitted.add(orderId);
    const basket = baskets.get(orderId);
    // What no customer asked for, somebody inside of the flock has ordered.
    if (basket === undefined) return;
    if (!isSameUnits(unitsOf(basket), unitsOf(lines)) || priceOf(basket) !== priceOf(lines))
      find('I2', orderId, `was made of ${told(basket)}, and ${told(lines)} is submitted`);
  };

  gateway.onAsked((_service, asked) => {
    const command = asked as OrdersCommand; // because only orders is asked to place any
    if (command.type === 'PlaceOrder') baskets.set(command.orderId, command.lines);
  });

  return {
    stored: (stored) => {
      const event = stored as OrdersEvent; // because orders stored it
      switch (event.type) {
        case 'OrderDrafted':
          baskets.set(event.orderId, event.lines);
          return;
        case 'OrderLineAdded':
          baskets.set(event.orderId, [...basketOf(event.orderId), event]);
          return;
        case 'OrderLineQuantityChanged': {
          const { orderId, sku, quantity } = event;
          const [changed] = basketOf(orderId).filter((line) => line.sku === sku);
          const others = basketOf(orderId).filter((line) => line.sku !== sku);
          if (changed === undefined) find('I2', orderId, `changes its ${sku}, of which it has none`);
          else baskets.set(orderId, [...others, { ...changed, quantity }]);
          return;
        }
        case 'OrderLineRemoved':
          baskets.set(
            event.orderId,
            basketOf(event.orderId).filter(({ sku }) => sku !== event.sku),
          );
          return;
        case 'OrderSubmitted':
          submit(event.orderId, event.lines);
          return;
        default:
      }
    },
    judge: () => {
      for (const orderId of baskets.keys())
        for (const { name } of submitted.has(orderId) ? [] : words.of(orderId))
          find('I7', orderId, `was never submitted, and ${name} is said of it`);
    },
  };
};
