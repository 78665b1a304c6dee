import type { ShipTo } from '@murmuration/contracts';
import { instant, type Decision, type SettledEffect } from '@murmuration/kernel';
import { shippingAgenda } from './agenda';
import { shipment } from './shipment';
import {
  effectKey,
  type CarrierEffect,
  type CarrierOutcome,
  type CarrierReceipt,
  type ShipmentCommand,
  type ShipmentEvent,
  type ShipmentRejection,
} from './shipment.messages';
import type { Shipment } from './shipment.state';
import { EMPTY_CARRIER_LEDGER, simulatedCarrier } from './simulated-carrier';

export const NOW = instant('2026-03-01T09:30:00.000Z');
export const ORDER = 'o-1';
export const REFERENCE = 'CR-o-1';
export const BOOK = effectKey.book(ORDER);
export const CANCEL = effectKey.cancel(ORDER);

export const shipTo = (country = 'AT'): ShipTo => ({
  name: 'Ada Byron',
  street: 'Lindengasse 7',
  city: 'Wien',
  postalCode: '1070',
  country,
});

export const noteOrder = (country = 'AT'): ShipmentCommand => ({
  type: 'NoteOrder',
  orderId: ORDER,
  shipTo: shipTo(country),
  now: NOW,
});
export const AUTHORIZED_UNTIL = instant('2026-03-08T09:30:00.000Z');
export const noteAuthorized: ShipmentCommand = {
  type: 'NotePaymentAuthorized',
  orderId: ORDER,
  authorizedUntil: AUTHORIZED_UNTIL,
  now: NOW,
};
export const notePaid: ShipmentCommand = { type: 'NotePaymentAuthorized', orderId: ORDER, now: NOW };
export const cancel: ShipmentCommand = { type: 'CancelShipment', orderId: ORDER, now: NOW };
export const dispatch: ShipmentCommand = { type: 'DispatchShipment', orderId: ORDER, now: NOW };
export const handOver = (carrierReference = REFERENCE): ShipmentCommand => ({
  type: 'DispatchShipment',
  orderId: ORDER,
  carrierReference,
  now: NOW,
});
export const deliver = { type: 'DeliverShipment', orderId: ORDER, now: NOW } as const satisfies ShipmentCommand;

const OPERATOR = { actor: 'mira', reason: 'the carrier is back' } as const;

export const retry: ShipmentCommand = { type: 'RetryCall', orderId: ORDER, now: NOW, ...OPERATOR };
export const resolve = (outcome: 'done' | 'not-done', carrierReference?: string): ShipmentCommand => ({
  ...{ type: 'ResolveCall', orderId: ORDER, now: NOW, outcome, ...OPERATOR },
  ...(carrierReference === undefined ? {} : { carrierReference }),
});

type Outcome = SettledEffect<CarrierReceipt>;

export const done: Outcome = { outcome: 'done', result: { carrierReference: REFERENCE } };
export const refused: Outcome = { outcome: 'refused', reason: 'country_not_served' };
export const gaveUp: Outcome = { outcome: 'gave-up', reason: 'timeout' };

export const report = (key: string, outcome: Outcome): ShipmentCommand => ({
  type: 'ReportCarrierOutcome',
  orderId: ORDER,
  key,
  outcome,
  now: NOW,
});

/** The ways to each state, as commands. */
export const booking = [noteOrder(), noteAuthorized];
export const booked = [...booking, report(BOOK, done)];
export const refusedByCarrier = [...booking, report(BOOK, refused)];
export const dispatched = [...booked, dispatch];
export const delivered = [...dispatched, deliver];
export const cancelledInFlight = [...booking, cancel];
export const cancelled = [...booked, cancel];

/** The shipment in miniature: commands decided one after another. */
export const playShipment = () => {
  let state: Shipment = shipment.initial;
  return {
    state: () => state,
    run: (command: ShipmentCommand): Decision<ShipmentEvent, ShipmentRejection> => {
      const decision = shipment.decide(command, state);
      state = (decision.accepted ?? []).reduce(shipment.evolve, state);
      return decision;
    },
  };
};

/** The facts that these commands lead to. */
export const after = (...commands: readonly ShipmentCommand[]): readonly ShipmentEvent[] => {
  const { run } = playShipment();
  return commands.flatMap((command) => run(command).accepted ?? []);
};

/** Shipping and the simulated carrier in miniature: calls are made, and the carrier comes, when the test says so. */
export const playWithCarrier = () => {
  const { run, state } = playShipment();
  const open = new Map<string, CarrierEffect>();
  let ledger = EMPTY_CARRIER_LEDGER;
  const perform = (key: string, effect: CarrierEffect): CarrierOutcome => {
    const performed = simulatedCarrier.perform(ledger, key, effect, NOW);
    ledger = performed.ledger;
    return performed.outcome;
  };
  const hear = (command: ShipmentCommand): Decision<ShipmentEvent, ShipmentRejection> => {
    const decision = run(command);
    for (const change of (decision.accepted ?? []).flatMap(shippingAgenda.changesOf)) {
      if (change.type === 'effect-opened') open.set(change.key, change.effect);
      if (change.type === 'effect-closed') open.delete(change.key);
    }
    return decision;
  };
  return {
    state,
    hear,
    ledger: () => ledger,
    openCalls: (): number => open.size,
    /** Makes every open call and loses the answers. */
    callUnheard: (): void => open.forEach((effect, key) => perform(key, effect)),
    /** Makes every open call once, as the effect runner does: asked about first, repeated with the same key if not found. */
    callOnce: (): void => {
      for (const [key, effect] of [...open]) {
        const asked = simulatedCarrier.query(ledger, key);
        const outcome = asked.outcome === 'not-found' ? perform(key, effect) : asked;
        if (outcome.outcome === 'done' || outcome.outcome === 'refused')
          hear(shippingAgenda.settle({ key, effect }, outcome, NOW));
      }
    },
    /** Lets the carrier do next what it has to do, through the webhook. */
    carrierComes: (): void => {
      const call = simulatedCarrier.nextCall(ledger);
      if (call === undefined) return;
      const { rejected } = hear(call.call === 'hand-over' ? handOver(call.carrierReference) : deliver);
      ledger = simulatedCarrier.called(ledger, call, rejected === undefined ? 'accepted' : 'refused', NOW);
    },
  };
};
