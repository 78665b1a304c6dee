import { assert, unreachable, type DecisionModel } from '@murmuration/kernel';
import { resolveReservation, retryCommit } from './dispute';
import {
  reservationStream,
  stockStream,
  type InventoryCommand,
  type InventoryEvent,
  type InventoryRejection,
} from './inventory.messages';
import {
  absentReservation,
  commit,
  evolveReservation,
  expire,
  heldSkus,
  release,
  reserve,
  type Reservation,
} from './reservation';
import { adjust, emptyLedger, evolveLedger, receive, type StockLedger } from './stock';

/** A stock ledger or a reservation. A command on an order decides over its reservation and the ledgers of its lines at once. */
export type InventoryState = StockLedger | Reservation;

type StateOf = (streamId: string) => InventoryState;

const ledgerOf =
  (stateOf: StateOf) =>
  (sku: string): StockLedger => {
    const state = stateOf(stockStream(sku));
    assert(state.kind === 'stock', `a ledger in ${stockStream(sku)}`);
    return state;
  };

const reservationOf = (stateOf: StateOf, orderId: string): Reservation => {
  const state = stateOf(reservationStream(orderId));
  assert(state.kind === 'reservation', `a reservation in ${reservationStream(orderId)}`);
  return state;
};

export const inventoryModel: DecisionModel<InventoryCommand, InventoryEvent, InventoryState, InventoryRejection> = {
  streamsOf: (command, known) => {
    switch (command.type) {
      case 'ReceiveStock':
      case 'AdjustStock':
        return [stockStream(command.sku)];
      case 'RetryCommit':
      case 'ReserveStock':
        return [reservationStream(command.orderId), ...new Set(command.lines.map(({ sku }) => stockStream(sku)))];
      case 'ReleaseStock':
      case 'CommitStock': {
        const reservation = known(reservationStream(command.orderId));
        const skus = reservation?.kind === 'reservation' ? heldSkus(reservation) : [];
        return [reservationStream(command.orderId), ...skus.map(stockStream)];
      }
      case 'ResolveReservation':
      case 'ExpireHold':
        return [reservationStream(command.orderId)];
      default:
        return unreachable(command);
    }
  },
  streamOf: (event) => ('level' in event ? stockStream(event.sku) : reservationStream(event.orderId)),
  initial: (streamId) => (streamId.startsWith(stockStream('')) ? emptyLedger : absentReservation),
  evolve: (state, event) => {
    if ('level' in event) {
      assert(state.kind === 'stock', 'stock events are stored in the stream of a SKU');
      return evolveLedger(state, event);
    }
    assert(state.kind === 'reservation', 'reservation events are stored in the stream of an order');
    return evolveReservation(state, event);
  },
  decide: (command, stateOf) => {
    switch (command.type) {
      case 'ReceiveStock':
        return receive(command, ledgerOf(stateOf)(command.sku));
      case 'AdjustStock':
        return adjust(command, ledgerOf(stateOf)(command.sku));
      case 'ReserveStock':
        return reserve(command, reservationOf(stateOf, command.orderId), ledgerOf(stateOf));
      case 'ReleaseStock':
        return release(command, reservationOf(stateOf, command.orderId), ledgerOf(stateOf));
      case 'CommitStock':
        return commit(command, reservationOf(stateOf, command.orderId), ledgerOf(stateOf));
      case 'RetryCommit':
        return retryCommit(command, reservationOf(stateOf, command.orderId), ledgerOf(stateOf));
      case 'ResolveReservation':
        return resolveReservation(command, reservationOf(stateOf, command.orderId));
      case 'ExpireHold':
        return expire(command, reservationOf(stateOf, command.orderId));
      default:
        return unreachable(command);
    }
  },
};
