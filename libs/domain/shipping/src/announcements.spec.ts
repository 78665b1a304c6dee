import { contractOf, keyOf } from '@murmuration/contracts';
import { announce } from './announcements';
import {
  after,
  BOOK,
  booking,
  CANCEL,
  cancel,
  cancelled,
  delivered,
  dispatched,
  done,
  gaveUp,
  noteAuthorized,
  ORDER,
  refused,
  refusedByCarrier,
  report,
  resolve,
  retry,
} from './shipment.fixture';

const everything = [
  ...after(...delivered),
  ...after(...cancelled, report(CANCEL, done)),
  ...after(cancel),
  ...after(noteAuthorized),
  ...after(...refusedByCarrier),
  ...after(...dispatched, cancel),
  ...after(...booking, report(BOOK, gaveUp), retry),
  ...after(...cancelled, report(CANCEL, refused), resolve('done')),
  ...after(...cancelled, report(CANCEL, gaveUp), report(CANCEL, done)),
];
const said = everything.flatMap((event) => announce(event) ?? []);

describe('what shipping announces', () => {
  it.each(said.map((event) => [event.name, event] as const))('%s keeps its contract', (name, event) => {
    expect(contractOf(name)?.schema.safeParse(event.data)).toMatchObject({ success: true, data: event.data });
    expect(keyOf(event)).toBe(ORDER);
  });

  it.each(['', 'x'.repeat(500), '😀'.repeat(50_000)])('can be heard whatever the carrier says (%#)', (reason) => {
    const events = (['refused', 'gave-up'] as const).flatMap((outcome) => [
      ...after(...booking, report(BOOK, { outcome, reason })),
      ...after(...cancelled, report(CANCEL, { outcome, reason })),
    ]);
    for (const { name, data } of events.flatMap((event) => announce(event) ?? [])) {
      expect([name, contractOf(name)?.schema.safeParse(data).error]).toEqual([name, undefined]);
      expect(JSON.stringify(data)).not.toContain('\\ud83d');
    }
  });

  it('is every outcome that it may say', () => {
    expect([...new Set(said.map(({ name }) => name))].sort()).toEqual([
      'shipping.shipment-attention-handled.v1',
      'shipping.shipment-booked.v1',
      'shipping.shipment-cancel-refused.v1',
      'shipping.shipment-cancelled.v1',
      'shipping.shipment-delivered.v1',
      'shipping.shipment-dispatched.v1',
      'shipping.shipment-needs-attention.v1',
      'shipping.shipment-refused.v1',
    ]);
  });

  it('is nothing that is only noted, intended or between us and the carrier', () => {
    const quiet = everything.filter((event) => announce(event) === undefined).map(({ type }) => type);
    expect([...new Set(quiet)].sort()).toEqual([
      'BookingCancellationRequested',
      'BookingCleared',
      'BookingRequested',
      'OrderNoted',
      'PaymentAuthorizationNoted',
    ]);
  });

  it('comes from events that survive being stored as JSON', () => {
    expect(JSON.parse(JSON.stringify(everything))).toStrictEqual(everything);
  });
});
