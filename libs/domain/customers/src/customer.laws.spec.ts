import type { LoyaltyTier } from '@murmuration/contracts';
import { instant, plusMs, type Instant } from '@murmuration/kernel';
import fc from 'fast-check';
import { customer } from './customer';
import { ADDRESSES_MAX, CODE_ATTEMPTS_MAX, LOYALTY_TIERS, PAYMENT_METHODS_MAX } from './customer.bounds';
import { address, customerId } from './customer.fixture';
import { tierOf } from './customer.loyalty';
import type { CustomerCommand, CustomerEvent } from './customer.messages';
import { customerShapes } from './customer.shapes';
import { unregisteredCustomer, type Account, type Customer } from './customer.state';

const START = instant('2026-03-01T09:30:00.000Z');

/** `Omit` that keeps the members of a union apart. */
type Without<Union, Field extends string> = Union extends unknown ? Omit<Union, Field> : never;
type Wish = Without<CustomerCommand, 'customerId' | 'now'>;

const few = (prefix: string) => fc.integer({ min: 1, max: 4 }).map((n) => `${prefix}-${n}`);
const by = fc.constantFrom('customer', 'operator');
const channel = fc.constantFrom('email', 'phone');
const purpose = fc.constantFrom('shipping', 'billing');
const codeHash = fc.constantFrom('right', 'wrong', 'worse');
const points = fc.integer({ min: 1, max: 9_000 });
const reference = few('ref');
const reason = fc.constant('because');
const wish = <Type extends Wish['type']>(
  type: Type,
  fields: { readonly [Field in string]: fc.Arbitrary<unknown> } = {},
): fc.Arbitrary<Wish> => fc.record({ type: fc.constant(type), ...fields }) as fc.Arbitrary<Wish>; // because each list below names the fields of its command

const registration = wish('RegisterCustomer', { name: fc.constant('Ada'), email: fc.constant('ada@example.org') });

const anyWish: fc.Arbitrary<Wish> = fc.oneof(
  registration,
  wish('SuspendCustomer', { reason }),
  { weight: 2, arbitrary: wish('ReactivateCustomer', { by }) },
  wish('DeactivateCustomer', { by }),
  wish('UpdateProfile', { name: fc.constantFrom('Ada', 'Eve'), company: fc.constantFrom('A', 'B', null) }),
  wish('ChangeEmail', { email: few('ada') }),
  wish('ChangePhone', { phone: few('+43') }),
  wish('RemovePhone'),
  wish('ChangePreferences', { language: fc.constantFrom('de', 'en') }),
  wish('SetMarketingConsent', { channel: fc.constantFrom('email', 'phone', 'post'), granted: fc.boolean() }),
  { weight: 2, arbitrary: wish('RequestVerification', { channel, verificationId: few('v'), codeHash }) },
  { weight: 4, arbitrary: wish('ConfirmVerification', { channel, codeHash }) },
  wish('RecordCodeDelivery', { channel, verificationId: few('v') }),
  {
    weight: 4,
    arbitrary: wish('AddAddress', {
      ...{ addressId: few('a'), label: few('label'), address: fc.constant(address) },
      defaultFor: fc.subarray(['shipping', 'billing']),
    }),
  },
  wish('ChangeAddress', { addressId: few('a'), label: few('label'), address: fc.constant(address) }),
  { weight: 2, arbitrary: wish('RemoveAddress', { addressId: few('a') }) },
  wish('SetDefaultAddress', { addressId: few('a'), purpose }),
  {
    weight: 4,
    arbitrary: wish('AddPaymentMethod', { paymentMethodId: few('pm'), token: few('tok'), isDefault: fc.boolean() }),
  },
  { weight: 2, arbitrary: wish('RemovePaymentMethod', { paymentMethodId: few('pm') }) },
  wish('SetDefaultPaymentMethod', { paymentMethodId: few('pm') }),
  { weight: 4, arbitrary: wish('AwardLoyaltyPoints', { reference, points }) },
  { weight: 2, arbitrary: wish('RedeemLoyaltyPoints', { reference, points }) },
  wish('ExpireLoyaltyPoints', { reference, points, reason }),
  wish('AdjustLoyaltyPoints', { reference, points: fc.integer({ min: -9_000, max: 9_000 }), reason }),
  wish('UpgradeTier', { tier: fc.constantFrom('silver', 'gold', 'platinum'), reason }),
);

const step = (each: fc.Arbitrary<Wish>) => fc.record({ wish: each, seconds: fc.integer({ min: 0, max: 120 }) });

/** A life: wishes, each some seconds after the one before; most begin with a registration. */
const anyLife = fc
  .tuple(
    step(fc.oneof({ weight: 9, arbitrary: registration }, anyWish)),
    fc.array(step(anyWish), { maxLength: 60, size: 'max' }),
  )
  .map(([first, rest]) => [first, ...rest]);

type Moment = {
  readonly command: CustomerCommand;
  readonly before: Customer;
  readonly events: readonly CustomerEvent[];
};

/** What becomes of a life: every state, and every decision that was accepted. */
const live = (life: readonly { readonly wish: Wish; readonly seconds: number }[]) => {
  const states: Customer[] = [unregisteredCustomer];
  const accepted: Moment[] = [];
  let now: Instant = START;
  for (const { wish: wished, seconds } of life) {
    now = plusMs(now, seconds * 1_000);
    const command = { ...wished, customerId, now } as CustomerCommand; // because a wish is a command without whose and when
    const before = states.at(-1)!;
    const { accepted: events } = customer.decide(command, before);
    if (events === undefined) continue;
    accepted.push({ command, before, events });
    states.push(events.reduce(customer.evolve, before));
  }
  return { states, accepted };
};

const atOnce = (wished: Wish) => ({ wish: wished, seconds: 0 });
const REGISTERED = [atOnce({ type: 'RegisterCustomer', name: 'Ada', email: 'ada@example.org' })];

const accountsOf = (states: readonly Customer[]): readonly Account[] =>
  states.flatMap((state) => (state.status === 'unregistered' ? [] : [state.account]));

const rankOf = (tier: LoyaltyTier): number => LOYALTY_TIERS.findIndex((each) => each.tier === tier);

const always = (law: (account: Account) => void): void =>
  fc.assert(fc.property(anyLife, (life) => accountsOf(live(life).states).forEach(law)));

/** Each wrong code is one, which is what bounds them; and what became of a code that counts no more is only written down. */
const isCountedEachTime = (command: CustomerCommand, events: readonly CustomerEvent[], after: Customer): boolean =>
  events.some(({ type }) => type === 'ContactVerificationFailed') ||
  (command.type === 'RecordCodeDelivery' &&
    after.status !== 'unregistered' &&
    after.account.contacts[command.channel]?.verification?.verificationId !== command.verificationId);

describe('whatever a customer is asked', () => {
  it('said twice is said once', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const { command, before, events } of live(life).accepted) {
          const after = events.reduce(customer.evolve, before);
          if (isCountedEachTime(command, events, after)) continue;
          expect([command, customer.decide(command, after)]).toEqual([command, { accepted: [] }]);
        }
      }),
    );
  });

  it('leaves points at zero or above, and no more to spend than were ever earned', () =>
    always(({ loyalty: { balance, lifetime } }) => {
      expect(balance).toBeGreaterThanOrEqual(0);
      expect(balance).toBeLessThanOrEqual(lifetime);
    }));

  it('makes the tier a matter of the lifetime’s points and what was granted', () =>
    always(({ loyalty: { lifetime, tier, granted } }) => {
      expect(rankOf(tier)).toBe(Math.max(rankOf(tierOf(lifetime)), rankOf(granted)));
    }));

  it('moves the points of one reference once', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const moved = live(life).accepted.flatMap(({ events }) =>
          events.flatMap((event) => ('reference' in event ? [`${event.type} ${event.reference}`] : [])),
        );
        expect(new Set(moved).size).toBe(moved.length);
      }),
    );
  });

  it('comes to the same points and tier in whatever order they are earned, however often each is said', () => {
    const earnings = fc.uniqueArray(fc.tuple(few('earned'), points), { selector: ([id]) => id, minLength: 1 });
    const said = earnings.chain((earned) => {
      const awards = earned.map(([id, count]): Wish => ({ type: 'AwardLoyaltyPoints', reference: id, points: count }));
      return fc.tuple(
        fc.constant(awards),
        fc.shuffledSubarray([...awards, ...awards], { minLength: 2 * awards.length }),
      );
    });
    fc.assert(
      fc.property(said, ([straight, shuffled]) => {
        const [first, second] = [straight, shuffled].map((wishes) => {
          const [account] = accountsOf(live([...REGISTERED, ...wishes.map(atOnce)]).states).slice(-1);
          const { balance, lifetime, tier } = account!.loyalty; // because the life begins with a registration
          return { balance, lifetime, tier };
        });
        expect(second).toEqual(first);
      }),
    );
  });

  it('stands as before when a suspension is taken back, whatever was put in order meanwhile', () => {
    const meanwhile = fc.array(
      fc.constantFrom<Wish>(
        { type: 'UpdateProfile', name: 'Eve' },
        { type: 'ChangePhone', phone: '+431' },
        { type: 'AwardLoyaltyPoints', reference: 'ref-1', points: 10 },
      ),
      { maxLength: 4 },
    );
    const suspend: Wish = { type: 'SuspendCustomer', reason: 'chargeback' };
    const reactivate: Wish = { type: 'ReactivateCustomer', by: 'operator' };
    fc.assert(
      fc.property(meanwhile, (wishes) => {
        const [undisturbed, suspended] = [wishes, [suspend, ...wishes, reactivate]].map((each) =>
          live([...REGISTERED, ...each.map(atOnce)]).states.at(-1),
        );
        expect(suspended).toEqual(undisturbed);
      }),
    );
  });

  it('leaves one default address for each purpose as long as there is an address, and labels apart', () =>
    always(({ addresses, defaultAddresses }) => {
      const ids = addresses.map(({ addressId }) => addressId);
      expect(new Set(addresses.map(({ label }) => label.toLowerCase())).size).toBe(ids.length);
      expect(ids.length).toBeLessThanOrEqual(ADDRESSES_MAX);
      for (const id of [defaultAddresses.shipping, defaultAddresses.billing])
        expect(ids.length === 0 ? id === undefined : ids.includes(id ?? '')).toBe(true);
    }));

  it('leaves one default payment method as long as there is one, and tokens apart', () =>
    always(({ paymentMethods, defaultPaymentMethod }) => {
      const ids = paymentMethods.map(({ paymentMethodId }) => paymentMethodId);
      expect(new Set(paymentMethods.map(({ token }) => token)).size).toBe(ids.length);
      expect(ids.length).toBeLessThanOrEqual(PAYMENT_METHODS_MAX);
      expect(ids.length === 0 ? defaultPaymentMethod === undefined : ids.includes(defaultPaymentMethod ?? '')).toBe(
        true,
      );
    }));

  it('takes few wrong codes for one verification', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const guesses = new Map<string, number>();
        for (const { events } of live(life).accepted)
          for (const event of events) {
            if (event.type === 'ContactVerificationRequested') guesses.set(event.channel, 0);
            if (event.type !== 'ContactVerificationFailed') continue;
            const guessed = (guesses.get(event.channel) ?? 0) + 1;
            guesses.set(event.channel, guessed);
            expect([guessed, event.attemptsLeft]).toEqual([expect.any(Number), CODE_ATTEMPTS_MAX - guessed]);
            expect(event.attemptsLeft).toBeGreaterThanOrEqual(0);
          }
      }),
    );
  });

  it('changes nothing of a deactivated customer but their standing and what became of their codes', () => {
    const allowed = ['CustomerReactivated', 'CustomerDeactivated', 'VerificationCodeSent', 'VerificationCodeNotSent'];
    fc.assert(
      fc.property(anyLife, (life) => {
        for (const { before, events } of live(life).accepted)
          if (before.status === 'deactivated') for (const { type } of events) expect(allowed).toContain(type);
      }),
    );
  });

  it('comes to every kind of event in these lives', () => {
    const seen = new Set<string>();
    for (const life of fc.sample(anyLife, { numRuns: 200, seed: 4 }))
      for (const { events } of live(life).accepted) for (const { type } of events) seen.add(type);
    const never = Object.keys(customerShapes).filter((type) => !seen.has(type));
    // No delivery fails in them.
    expect(never).toEqual(['VerificationCodeNotSent']);
  });
});
