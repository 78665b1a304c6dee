import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { orderSubmitted, paymentAuthorized } from '@murmuration/contracts';
import { z } from 'zod';
import type { Baseline } from '../baseline/baseline';
import { readBaseline } from '../baseline/baseline-files';
import { workspaceRoot } from '../workspace-root';
import { check, rulesFor } from './check';
import { declaredChoreography, type Choreography } from './choreography';
import { withDeadline, withEvent, withStep } from './plant.fixture';
import { personalFieldsOf } from './rules/personal-field.rule';

const baseline = readBaseline(workspaceRoot(__dirname));
const found = (choreography: Choreography, by: Baseline = baseline) => check(choreography, by);
const sentences = (choreography: Choreography, by: Baseline = baseline): readonly string[] =>
  found(choreography, by).map(({ sentence }) => sentence);

const without = (events: readonly string[], ...gone: readonly string[]): readonly string[] =>
  events.filter((event) => !gone.includes(event));

const BOOKED = 'shipping.shipment-booked.v1';
const AUTHORIZED = 'payments.payment-authorized.v1';
const RELEASED = 'inventory.stock-released.v1';

it('finds nothing wrong with the choreography as it is declared', () => {
  expect(found(declaredChoreography)).toEqual([]);
});

it('has each of its rules explained on the page of the tool, and no other', () => {
  const page = readFileSync(join(workspaceRoot(__dirname), 'tools/contracts/README.md'), 'utf8');
  const explained = [...page.matchAll(/^\| `([a-z-]+)` +\|/gm)].map(([, rule]) => rule);
  expect(explained).toEqual(Object.keys(rulesFor(baseline)));
});

it('says of each finding the rule, one sentence, the place and what mends it', () => {
  expect(found(withStep('inventory.reserve-stock', () => ({ undoneBy: undefined })))).toContainEqual({
    rule: 'compensation',
    sentence: 'inventory.reserve-stock can be compensated, but nothing undoes it',
    place: 'libs/contracts/src/inventory.steps.ts, step inventory.reserve-stock',
    mend: 'name the step that undoes it: `undoneBy`',
  });
});

describe('finds, of events,', () => {
  it('one that nobody except projections hears', () => {
    const deaf = withStep('orders.follow-progress', ({ hears }) => ({ hears: without(hears, BOOKED) }));
    expect(sentences(deaf)).toEqual(['shipment-booked is said, but nobody except projections hears it']);
  });

  it('one that is called terminal although a step hears it', () => {
    const lost = withEvent(BOOKED, () => ({ terminal: true }));
    expect(sentences(lost)).toEqual(['shipment-booked is declared terminal, but orders.follow-progress hears it']);
  });

  it('one that is heard, but said by nobody', () => {
    const mute = withStep('inventory.release-stock', () => ({ outcomes: { done: [] } }));
    expect(sentences(mute)).toContain('orders.follow-progress hears stock-released, but no step of inventory says it');
  });

  it('one that another service says in the name of its own', () => {
    const stolen: Choreography = {
      ...declaredChoreography,
      steps: withStep('inventory.release-stock', () => ({ outcomes: { done: [] } })).steps.map((step) =>
        step.name === 'keep-customer' ? { ...step, besides: [RELEASED] } : step,
      ),
    };
    expect(sentences(stolen)).toContain(
      'orders.follow-progress hears stock-released, but no step of inventory says it',
    );
  });

  it('one that is heard, but not declared', () => {
    const invented = withStep('shipping.note-order', ({ hears }) => ({ hears: [...hears, 'orders.order-juggled.v1'] }));
    expect(sentences(invented)).toEqual([
      'shipping.note-order hears orders.order-juggled.v1, which is not an event of the published language',
    ]);
  });

  it('one that is keyed by something else than what its hearer is about', () => {
    const mixed = withStep('inventory.count-stock', () => ({ hears: ['orders.order-submitted.v1'] }));
    expect(sentences(mixed)).toEqual([
      'inventory.count-stock is about one sku, but hears order-submitted, whose records are keyed by orderId',
    ]);
  });
});

describe('finds, of what can be compensated,', () => {
  it('that nothing undoes it', () => {
    expect(sentences(withStep('payments.authorize-payment', () => ({ undoneBy: undefined })))).toEqual([
      'payments.authorize-payment can be compensated, but nothing undoes it',
    ]);
  });

  it.each([['note-order'], ['release-stock']])('that %s of its own service is no undo', (undoneBy) => {
    expect(sentences(withStep('payments.authorize-payment', () => ({ undoneBy })))).toEqual([
      `payments.authorize-payment is undone by ${undoneBy}, which is no compensation of payments`,
    ]);
  });

  it('that its undo does not hear what it is undone on', () => {
    const deaf = withStep('payments.undo-payment', ({ hears }) => ({
      hears: without(hears, 'shipping.shipment-refused.v1'),
    }));
    expect(sentences(deaf)).toEqual([
      'payments.authorize-payment is undone on shipment-refused, but payments.undo-payment does not hear that',
    ]);
  });

  it('that no event triggers its undo', () => {
    expect(sentences(withStep('payments.authorize-payment', () => ({ undoneOn: [] })))).toEqual([
      'payments.authorize-payment is undone by payments.undo-payment, but nothing that follows the step leads to any event that triggers it',
    ]);
  });

  it('that no path leads from it to its undo', () => {
    const stuck = withStep('shipping.book-shipment', ({ outcomes, waits }) => ({
      outcomes: { ...outcomes, done: [], refused: [], unknown: [] },
      hears: [],
      waits: waits?.map((wait) => ({ ...wait, deadline: 'carrier-answer' })),
    }));
    const alone: Choreography = {
      ...stuck,
      steps: stuck.steps.map((step) => (step.name === 'follow-progress' ? { ...step, outcomes: { done: [] } } : step)),
    };
    expect(sentences(alone)).toContain(
      'shipping.book-shipment is undone by shipping.cancel-shipment, but nothing that follows the step leads to order-cancellation-requested',
    );
  });

  it('that it begins after the pivot', () => {
    const late = withStep('payments.capture-payment', (step) => ({
      kind: 'compensatable',
      undoneBy: 'undo-payment',
      undoneOn: ['shipping.shipment-cancelled.v1'],
      waits: step.waits?.map((wait) => ({ ...wait, until: [...wait.until, 'shipping.shipment-cancelled.v1'] })),
    }));
    expect(sentences(late)).toEqual([
      'payments.capture-payment is compensatable, but begins after the pivot shipping.dispatch-shipment, on shipment-dispatched',
    ]);
  });
});

describe('finds, of waits and deadlines,', () => {
  it('a wait that nothing ends', () => {
    const endless = withStep('payments.capture-payment', ({ waits }) => ({
      waits: waits?.map((wait) => ({ ...wait, deadline: undefined })),
    }));
    expect(sentences(endless)).toEqual([
      'payments.capture-payment waits for the provider to capture, and no deadline ends that',
    ]);
  });

  it('a wait that ends at a deadline which nobody declared', () => {
    const lost = withStep('payments.capture-payment', ({ waits }) => ({
      waits: waits?.map((wait) => ({ ...wait, deadline: 'some-day' })),
    }));
    expect(sentences(lost)).toEqual([
      'payments.capture-payment waits for the provider to capture until the deadline some-day, which is not declared',
    ]);
  });

  it('an external call whose answer nobody declares to wait for', () => {
    expect(sentences(withStep('payments.capture-payment', () => ({ waits: [] })))).toEqual([
      'payments.capture-payment makes an external call, but declares no wait for its answer',
    ]);
  });

  it('a hold that nobody declares to wait for the end of', () => {
    const forgetful = withStep('inventory.reserve-stock', () => ({ waits: [] }));
    expect(sentences(forgetful)).toEqual([
      'inventory.reserve-stock holds something until it is undone, but declares no wait for that',
      'the deadline stock-hold ends no wait',
    ]);
  });

  it('a deadline that says nothing', () => {
    const silent = withDeadline('provider-answer', () => ({ fires: [] }));
    expect(sentences(silent)).toEqual(['the deadline provider-answer says nothing when it fires']);
  });

  it('a deadline that nobody hears', () => {
    const unheard = withStep('orders.follow-progress', ({ hears }) => ({
      hears: without(hears, 'inventory.stock-hold-expired.v1'),
    }));
    expect(sentences(unheard)).toEqual([
      'stock-hold-expired is said, but nobody except projections hears it',
      'the deadline stock-hold fires stock-hold-expired, which nobody hears',
    ]);
  });

  it('a deadline that speaks for another service', () => {
    const foreign = withDeadline('carrier-answer', () => ({ fires: ['payments.payment-needs-attention.v1'] }));
    expect(sentences(foreign)).toEqual([
      'the deadline carrier-answer of shipping fires payment-needs-attention, which is for payments to say',
    ]);
  });
});

describe('finds, of cycles,', () => {
  const unguarded = (...names: readonly string[]): Choreography => ({
    ...declaredChoreography,
    steps: declaredChoreography.steps.map((step) => {
      const { guard: _, ...rest } = step;
      return names.includes(step.name) ? rest : step;
    }),
  });

  it('one in which no step has a progress guard, and tells it from end to end', () => {
    const circling = unguarded('follow-progress', 'cancel-shipment', 'undo-payment', 'release-stock');
    expect(sentences(circling)).toContain(
      'a cycle of events may run for ever: orders.follow-progress → order-cancellation-requested → shipping.cancel-shipment → shipment-cancelled → orders.follow-progress',
    );
  });

  it('none as long as one step of each has a guard', () => {
    expect(sentences(unguarded('cancel-shipment', 'undo-payment', 'release-stock'))).toEqual([]);
  });

  it('one whose guard moves nothing', () => {
    const circling = unguarded('cancel-shipment', 'undo-payment', 'release-stock');
    const stuck = {
      ...circling,
      steps: circling.steps.map((step) =>
        step.name === 'follow-progress' ? { ...step, guard: { state: 'the order', moves: ['under way'] } } : step,
      ),
    };
    expect(sentences(stuck)).toContainEqual(expect.stringContaining('a cycle of events may run for ever'));
  });

  it('one that goes through a deadline', () => {
    const rearming = withStep('inventory.commit-stock', ({ hears }) => ({
      hears: [...hears, 'inventory.stock-hold-expired.v1'],
      waits: [{ for: 'itself', until: [], deadline: 'stock-hold' }],
    }));
    expect(sentences(rearming)).toEqual([
      'a cycle of events may run for ever: inventory.commit-stock → deadline stock-hold → stock-hold-expired → inventory.commit-stock',
    ]);
  });
});

describe('finds, of external calls,', () => {
  const withEffect = (change: Readonly<Record<string, string>>) =>
    withStep('shipping.book-shipment', ({ effects }) => ({
      effects: effects?.map((effect) => ({ ...effect, ...change })),
    }));

  it('one without an idempotency key', () => {
    expect(sentences(withEffect({ idempotencyKey: '' }))).toEqual([
      'the call book of shipping.book-shipment to the carrier has no idempotency key of its own: it is empty',
    ]);
  });

  it('one whose idempotency key is the same for all', () => {
    expect(sentences(withEffect({ idempotencyKey: 'book' }))).toEqual([
      'the call book of shipping.book-shipment to the carrier has no idempotency key of its own: book is the same for every orderId',
    ]);
  });

  it('one that cannot be asked about', () => {
    expect(sentences(withEffect({ query: '' }))).toEqual([
      'the call book of shipping.book-shipment to the carrier cannot be asked about when its outcome is unknown',
    ]);
  });

  it('one of whose unknown outcome nothing is ever said', () => {
    const silent = withStep('payments.capture-payment', ({ outcomes }) => ({ outcomes: { done: outcomes.done } }));
    expect(sentences(silent)).toEqual([
      'payments.capture-payment makes an external call, but says nothing when its outcome stays unknown',
    ]);
  });
});

describe('finds, of personal data,', () => {
  const authorizedWith = (field: string, schema: z.ZodType) =>
    withEvent(AUTHORIZED, () => ({ schema: z.object({ ...fieldsOf(paymentAuthorized), [field]: schema }) }));
  const fieldsOf = ({ schema }: { readonly schema: unknown }) => (schema as z.ZodObject).shape;
  const personalSentences = (choreography: Choreography) =>
    found(choreography).flatMap(({ rule, sentence }) => (rule === 'personal-field' ? [sentence] : []));

  it.each([
    ['email', z.string()],
    ['phoneNumber', z.string().optional()],
    ['paymentToken', z.string()],
    ['billTo', z.object({ line1: z.string() })],
    ['buyer', z.object({ fullName: z.string() })],
    ['contacts', z.array(z.object({ city: z.string(), street: z.string() }))],
    ['handle', z.string().meta({ 'x-personal': 'the name on a forum' })],
  ])('a field %s that no hearing step needs', (field, schema) => {
    expect(personalSentences(authorizedWith(field, schema))).toEqual([
      `payment-authorized carries the personal field ${field}, but no step that hears it declares that it needs it`,
    ]);
  });

  it.each([
    ['cardinality', z.int().meta({ 'x-personal': false })],
    ['emailVerified', z.boolean()],
    ['channel', z.enum(['email', 'phone'])],
  ])('nothing in a field %s, which tells of nobody', (field, schema) => {
    expect(personalSentences(authorizedWith(field, schema))).toEqual([]);
  });

  it('exactly the token and the address in what is shipped', () => {
    const carrying = declaredChoreography.events.flatMap((event) => {
      const fields = personalFieldsOf(event);
      return fields.length === 0 ? [] : [[event.name, fields]];
    });
    expect(carrying).toEqual([[orderSubmitted.name, ['paymentToken', 'shipTo']]]);
  });

  it('a step that reads it without being named in the event, or the other way round', () => {
    expect(sentences(withStep('payments.note-order', () => ({ needs: {} })))).toEqual([
      'order-submitted carries the personal field paymentToken, but no step that hears it declares that it needs it',
    ]);
    const nosy = withStep('inventory.reserve-stock', () => ({ needs: { [orderSubmitted.name]: ['shipTo'] } }));
    expect(sentences(nosy)).toEqual([
      'order-submitted and its hearers disagree on who needs the personal field shipTo: inventory.reserve-stock',
    ]);
  });
});
