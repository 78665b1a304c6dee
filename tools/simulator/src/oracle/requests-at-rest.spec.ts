import type { Message } from '@murmuration/kernel';
import type { Finding } from './findings';
import { requests } from './requests-at-rest';

const ORDER = 'o-1';

const openAfter = (...events: readonly (readonly [type: string, refundId?: string])[]): readonly string[] => {
  const found: Finding[] = [];
  const asked = requests((invariant, subject, finding) => void found.push({ invariant, subject, finding }));
  for (const [type, refundId] of events)
    asked.stored({ type, orderId: ORDER, ...(refundId === undefined ? {} : { refundId }) } as Message);
  asked.judge((orderId) => orderId !== ORDER);
  return found.map(({ finding }) => finding);
};

describe('what was asked of a partner', () => {
  it('is found when nobody has answered it', () =>
    expect(openAfter(['AuthorizationRequested'], ['PaymentAuthorized'], ['CaptureRequested'])).toEqual([
      'the capture was asked for and never answered',
    ]));

  it('is answered refund by refund', () =>
    expect(openAfter(['RefundRequested', 'r-1'], ['RefundRequested', 'r-2'], ['PaymentRefunded', 'r-1'])).toEqual([
      'the refund r-2 was asked for and never answered',
    ]));

  it('is answered when a booking that nobody wants any more is cleared away', () => {
    expect(openAfter(['BookingRequested'], ['ShipmentCancelled'])).toHaveLength(1);
    expect(openAfter(['BookingRequested'], ['ShipmentCancelled'], ['BookingCleared'])).toEqual([]);
    const cleared = [['BookingRequested'], ['ShipmentCancelled'], ['BookingCancellationRequested']] as const;
    expect(openAfter(...cleared)).toEqual(['the cancellation of the booking was asked for and never answered']);
    expect(openAfter(...cleared, ['BookingCleared'])).toEqual([]);
  });
});
