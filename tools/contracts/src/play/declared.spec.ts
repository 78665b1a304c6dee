import { DEADLINES, STEPS, type Step } from '@murmuration/contracts';
import { STOCK_HOLD_MS } from '@murmuration/domain-inventory';
import { ORDER_DEADLINE_MS } from '@murmuration/domain-orders';
import { AUTHORIZATION_MS } from '@murmuration/domain-payments';
import { AGENDA_LIMITS } from '@murmuration/effects';
import { declaredChoreography, idOf, saidBy, type Choreography } from '../check/choreography';
import { withStep } from '../check/plant.fixture';
import { play } from './play';
import type { Cause, Decided } from './record';
import { SCRIPTS } from './scripts';

const plays = SCRIPTS.map((script) => play(script));
const decisions = plays.flatMap((played) => played.decisions);
const ORDER = plays[0]?.orderId ?? '';
const patternOf = (key: string): string => key.replace(ORDER, '<orderId>');

/** The key of a call fits a declared one whose other placeholders stand for anything. */
const fits = (declared: string, key: string): boolean =>
  new RegExp(`^${declared.replaceAll(/<(?!orderId)\w+>/g, '[^:]+')}$`).test(patternOf(key));

const callers = (steps: readonly Step[], key: string): readonly Step[] => {
  const calling = (isIt: (declared: string) => boolean): readonly Step[] =>
    steps.filter(({ effects = [] }) => effects.some(({ idempotencyKey }) => isIt(idempotencyKey)));
  const exact = calling((declared) => declared === patternOf(key));
  return exact.length > 0 ? exact : calling((declared) => fits(declared, key));
};

const stepsOf = (service: string): readonly Step[] =>
  declaredChoreography.steps.filter((step) => step.service === service);

/** What the declarations allow a service to say for this reason, and by what name they know it. */
const declaredFor = (
  { steps: all }: Choreography,
  service: string,
  cause: Cause,
): { readonly by: string; readonly events: readonly string[] } => {
  const steps = all.filter((step) => step.service === service);
  const of = (found: readonly Step[]) => ({ by: found.map(idOf).join(), events: found.flatMap(saidBy) });
  switch (cause.kind) {
    case 'heard':
      // A step that joins two events acts on the last of them, whichever step of the service heard it.
      return of(steps.filter(({ name }) => name === cause.step));
    case 'answer':
      return of(callers(steps, cause.key));
    case 'deadline': {
      const deadline = DEADLINES.find(({ key }) => cause.key.startsWith(`${key}:`));
      return { by: `deadline ${deadline?.name}`, events: deadline?.fires ?? [] };
    }
    case 'command':
      return { by: `command ${cause.type}`, events: steps.filter(({ hears }) => hears.length === 0).flatMap(saidBy) };
  }
};

const undeclared = (choreography: Choreography, played: readonly Decided[]): readonly string[] =>
  played.flatMap(({ service, cause, said }) => {
    const { by, events } = declaredFor(choreography, service, cause);
    return said.filter(({ name }) => !events.includes(name)).map(({ name }) => `${by} says ${name}`);
  });

describe('the code does what is declared', () => {
  it.each(SCRIPTS.map(({ name }, index) => [name, plays[index]?.decisions ?? []] as const))(
    'and says nothing else in the play %s',
    (_, played) => {
      expect(undeclared(declaredChoreography, played)).toEqual([]);
    },
  );

  it('and would be noticed to say something else', () => {
    const forgetful = withStep('payments.authorize-payment', () => ({ besides: [] }));
    expect(new Set(undeclared(forgetful, decisions))).toEqual(
      new Set(['payments.authorize-payment says payments.payment-captured.v1']),
    );
  });

  it('and every outcome of a step that hears something happens in some play', () => {
    const happened = new Set(
      decisions.flatMap(({ service, cause, said }) => {
        const { by } = declaredFor(declaredChoreography, service, cause);
        return said.map(({ name }) => `${by} says ${name}`);
      }),
    );
    const never = declaredChoreography.steps
      .filter(({ hears }) => hears.length > 0)
      .flatMap((step) => saidBy(step).map((event) => `${idOf(step)} says ${event}`))
      .filter((outcome) => !happened.has(outcome));
    // The parcel leaves without its stock only where something else has gone wrong before.
    expect(never).toEqual(['inventory.commit-stock says inventory.stock-needs-attention.v1']);
  });

  it('and every step that hears something hears it in some play', () => {
    const active = new Set(
      decisions.flatMap(({ service, cause }) => (cause.kind === 'heard' ? [`${service}.${cause.step}`] : [])),
    );
    const hearing = declaredChoreography.steps.filter(({ hears }) => hears.length > 0).map(idOf);
    expect(hearing.filter((id) => !active.has(id))).toEqual([]);
  });

  it('and makes no call that is not declared, by name and idempotency key', () => {
    const made = plays.flatMap(({ calls }) => calls);
    const unknown = made.filter(({ service, key, call }) => {
      const [caller, ...others] = callers(stepsOf(service), key);
      return (
        others.length > 0 ||
        !caller?.effects?.some((effect) => effect.call === call && fits(effect.idempotencyKey, key))
      );
    });
    expect(unknown).toEqual([]);
    const declared = declaredChoreography.steps.flatMap(({ effects = [] }) =>
      effects.map(({ idempotencyKey }) => idempotencyKey),
    );
    expect(declared.filter((key) => !made.some((call) => fits(key, call.key)))).toEqual([]);
  });

  it('and sets no deadline that is not declared, and each that is', () => {
    const set = new Set(
      plays.flatMap(({ deadlines }) =>
        deadlines.map(({ service, key }) => `${service} ${key.slice(0, key.indexOf(':'))}`),
      ),
    );
    const timers = DEADLINES.filter(({ kind }) => kind === 'timer').map(({ service, key }) => `${service} ${key}`);
    expect([...set].sort()).toEqual([...timers].sort());
  });

  it('and gives each wait as long as is declared', () => {
    const lengths = Object.fromEntries(DEADLINES.map(({ name, lengthMs }) => [name, lengthMs]));
    expect(lengths).toEqual({
      'order-end-to-end': ORDER_DEADLINE_MS,
      'stock-hold': STOCK_HOLD_MS,
      'payment-authorization': AUTHORIZATION_MS,
      'provider-answer': AGENDA_LIMITS.budgetMs,
      'carrier-answer': AGENDA_LIMITS.budgetMs,
    });
  });
});

describe('a progress guard holds', () => {
  const once = new Set<string>(
    Object.values(STEPS)
      .flatMap((steps): readonly Step[] => steps)
      .filter(({ guard }) => guard !== undefined)
      .flatMap(({ outcomes }) => [...outcomes.done, ...(outcomes.refused ?? [])]),
  );

  it.each(SCRIPTS.map((script) => [script.name, script] as const))(
    'in the play %s with every event delivered twice: the guarded steps say each word at most once, and all ends alike',
    (_, script) => {
      const [single, double] = [play(script), play(script, { twice: true })];
      // An operator may ask again.
      const said = double.decisions
        .filter(({ cause }) => cause.kind !== 'command')
        .flatMap((decision) => decision.said.map(({ name }) => name))
        .filter((name) => once.has(name));
      // A person may be called for one reason after another.
      const repeated = said.filter((name, index) => said.indexOf(name) !== index && !name.includes('needs-attention'));
      expect(repeated).toEqual([]);
      expect(double.messages).toEqual(single.messages);
    },
  );
});
