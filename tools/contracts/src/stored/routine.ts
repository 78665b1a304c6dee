import type { HearingService } from '@murmuration/contracts';
import { assert, instant, plusMs, type Instant, type Message } from '@murmuration/kernel';
import { actorOf } from '../play/actor';
import { CAST } from '../play/cast';

/** A command but for its time. */
type Wish = Message & Readonly<Record<string, unknown>>;

const BEGIN = instant('2026-03-01T09:30:00.000Z');
/** Between two commands, so that nothing is asked for too soon. */
const PAUSE_MS = 2 * 60_000;

const ADDRESS = { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'AT' };
const VISA = { paymentMethodId: 'pm-1', token: 'tok_ok', brand: 'visa', last4: '4242', expiry: '2031-12' };

const about = (subject: Readonly<Record<string, string>>, wishes: readonly Wish[]): readonly Wish[] =>
  wishes.map((wish) => ({ ...subject, ...wish }));

const customer = about({ customerId: 'c-1001' }, [
  { type: 'RegisterCustomer', name: 'Ada Byron', email: 'ada@example.org', phone: '+43123456789' },
  { type: 'UpdateProfile', company: 'Analytical Engines' },
  { type: 'ChangeEmail', email: 'countess@example.org' },
  { type: 'RequestVerification', channel: 'email', verificationId: 'v-1', codeHash: 'a1' },
  { type: 'RecordCodeDelivery', channel: 'email', verificationId: 'v-1' },
  { type: 'ConfirmVerification', channel: 'email', codeHash: 'wrong' },
  { type: 'ConfirmVerification', channel: 'email', codeHash: 'a1' },
  { type: 'RequestVerification', channel: 'phone', verificationId: 'v-2', codeHash: 'b2' },
  { type: 'RecordCodeDelivery', channel: 'phone', verificationId: 'v-2', failure: 'no such number' },
  { type: 'ChangePhone', phone: '+43987654321' },
  { type: 'RemovePhone' },
  { type: 'ChangePreferences', language: 'de', currency: 'EUR' },
  { type: 'SetMarketingConsent', channel: 'email', granted: true },
  { type: 'SetMarketingConsent', channel: 'email', granted: false },
  { type: 'AddAddress', addressId: 'a-1', label: 'home', address: ADDRESS, defaultFor: ['shipping'] },
  { type: 'AddAddress', addressId: 'a-2', label: 'work', address: ADDRESS, defaultFor: [] },
  { type: 'ChangeAddress', addressId: 'a-2', label: 'office', address: ADDRESS },
  { type: 'SetDefaultAddress', addressId: 'a-2', purpose: 'billing' },
  { type: 'RemoveAddress', addressId: 'a-1' },
  { type: 'AddPaymentMethod', ...VISA, isDefault: true },
  { type: 'AddPaymentMethod', paymentMethodId: 'pm-2', token: 'tok_flaky', isDefault: false },
  { type: 'SetDefaultPaymentMethod', paymentMethodId: 'pm-2' },
  { type: 'RemovePaymentMethod', paymentMethodId: 'pm-1' },
  { type: 'AwardLoyaltyPoints', reference: 'order-1', points: 1_500, reason: 'a big order' },
  { type: 'RedeemLoyaltyPoints', reference: 'order-2', points: 100 },
  { type: 'ExpireLoyaltyPoints', reference: '2026', points: 100, reason: 'a year has gone by' },
  { type: 'AdjustLoyaltyPoints', reference: 'fix-1', points: -50, reason: 'counted twice' },
  { type: 'UpgradeTier', tier: 'platinum', reason: 'a friend of the house' },
  { type: 'SuspendCustomer', reason: 'chargeback' },
  { type: 'ReactivateCustomer', by: 'operator' },
  { type: 'DeactivateCustomer', by: 'customer', reason: 'moved away' },
]);

const basket = {
  ...{ customerId: 'c-1002', currency: 'EUR', paymentToken: 'tok_ok', shipTo: ADDRESS },
  lines: [{ sku: 'KETTLE', quantity: 2, unitPriceMinor: 3490 }],
};

const draft = about({ orderId: 'o-1' }, [
  { type: 'CreateOrder', ...basket },
  { type: 'AddOrderLine', sku: 'TEA', quantity: 1, unitPriceMinor: 890 },
  { type: 'ChangeLineQuantity', sku: 'TEA', quantity: 3 },
  { type: 'RemoveOrderLine', sku: 'TEA' },
  { type: 'RequestCancellation', reason: 'customer-requested' },
]);

/** Who settles by hand, and why. */
const operator = { actor: 'mira', reason: 'looked into it' };

const stockGone = [
  { type: 'ReceiveStock', sku: 'KETTLE', quantity: 100 },
  { type: 'AdjustStock', sku: 'KETTLE', delta: -3, reason: 'breakage' },
  { type: 'CommitStock', orderId: 'o-1' },
  { type: 'RetryCommit', orderId: 'o-1', lines: [{ sku: 'KETTLE', quantity: 2 }], ...operator },
  { type: 'CommitStock', orderId: 'o-2' },
  { type: 'ResolveReservation', orderId: 'o-2', ...operator },
];

/** What happens in no play, because it belongs to no outcome of an order. */
const ROUTINE: readonly (readonly [HearingService, readonly Wish[]])[] = [
  ['orders', customer],
  ['orders', draft],
  ['inventory', stockGone],
];

/** The events that a service stores for these wishes, one after another. */
const storedFor = (service: HearingService, wishes: readonly Wish[]): readonly Message[] => {
  const role = CAST.find((candidate) => candidate.service === service);
  assert(role !== undefined, `a service ${service}`);
  const actor = actorOf(role);
  let now: Instant = BEGIN;
  return wishes.flatMap((wish) => {
    now = plusMs(now, PAUSE_MS);
    const { stored, rejected } = actor.decide({ ...wish, now } as Message, now);
    // A wrong code is stored as a fact and refused as a wish.
    assert(rejected === undefined, `${service} accepts ${wish.type}, got ${rejected?.type}`);
    return stored;
  });
};

export const routineEvents = (): readonly { readonly service: HearingService; readonly events: readonly Message[] }[] =>
  ROUTINE.map(([service, wishes]) => ({ service, events: storedFor(service, wishes) }));
