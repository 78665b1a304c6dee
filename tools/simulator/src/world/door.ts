import { inventoryFinishing } from '@murmuration/domain-inventory';
import { ordersFinishing } from '@murmuration/domain-orders';
import { paymentsFinishing } from '@murmuration/domain-payments';
import { shippingFinishing } from '@murmuration/domain-shipping';
import type { CommandProcessor, Executed } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import { countBacklog } from '@murmuration/messaging';
import type { Tables } from './database';
import type { Process } from './process';
import type { Tally } from './tally';

export type DoorOptions = {
  readonly service: string;
  readonly process: Process;
  readonly tables: Tables;
  readonly tally: Tally;
  /** From how many events on that wait to be sent nothing new is taken on; nobody counts them when absent. */
  readonly unsentMax?: number;
};

/** The way in for what people and partners ask of a process: as in its REST routes, what begins something may be turned away. */
export type Door = {
  readonly execute: (command: Message, commandId: string, correlationId: string) => Promise<Executed>;
  readonly close: () => void;
};

/** Of every service that announces anything. */
const FINISHING: Readonly<Record<string, readonly string[]>> = {
  ...{ orders: ordersFinishing, inventory: inventoryFinishing, payments: paymentsFinishing },
  shipping: shippingFinishing,
};

export const openDoor = (
  { service, process, tables: { store, outbox }, tally, unsentMax }: DoorOptions,
  processor: CommandProcessor<Message, Message, Message>,
): Door => {
  const finishing = FINISHING[service];
  const backlog =
    unsentMax === undefined || finishing === undefined
      ? undefined
      : countBacklog({
          ...{ store, outbox, clock: process.clock, max: unsentMax },
          listener: {
            filled: () => tally.add('took nothing new on'),
            opened: () => tally.add('took new work on again'),
            failed: () => tally.add('could not count what waits to be sent'),
          },
        });
  return {
    execute: async (command, commandId, correlationId) => {
      if (finishing?.includes(command.type) !== true) await backlog?.admit(commandId, { repeatable: true });
      const metadata = { correlationId, causationId: commandId, actor: 'client', hop: 0 };
      return processor.execute({ commandId, command, metadata }, { repeatable: true });
    },
    close: () => backlog?.stop(),
  };
};
