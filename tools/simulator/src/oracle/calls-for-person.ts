import type { Heard } from '@murmuration/contracts';

/** Which services have said that they cannot do what an order needs, and what became of that. */
export type CallsForPerson = {
  readonly hear: (heard: Heard) => void;
  /** One of those who do something for the order waits for a person, who has not acted on it yet. */
  readonly areOpen: (orderId: string) => boolean;
  /** A person answers for how it ended; what is missing was settled outside of the flock. */
  readonly isSettledByHand: (orderId: string) => boolean;
};

type OpenCall = { readonly service: string; readonly attention: number; readonly about: string };

type Reading = (heard: Heard, calls: readonly OpenCall[]) => readonly OpenCall[];

const about = (call = 'any', refundId = ''): string => `${call} ${refundId}`;

const raised = ({ source, data }: Heard, calls: readonly OpenCall[]): readonly OpenCall[] => {
  const { attention = 0, call, refundId } = data as { attention?: number; call?: string; refundId?: string }; // because what needs a person says so, where it is known
  return [...calls, { service: source, attention, about: about(call, refundId) }];
};

const handled = ({ source, data }: Heard, calls: readonly OpenCall[]): readonly OpenCall[] => {
  const { attentions } = data as { attentions: readonly number[] }; // because what was handled has a number
  return calls.filter(({ service, attention }) => service !== source || !attentions.includes(attention));
};

/** The other side has answered after all. */
const answered =
  (call: string): Reading =>
  ({ source, data }, calls) => {
    const { refundId } = data as { refundId?: string }; // because only refunds have one
    return calls.filter((open) => open.service !== source || open.about !== about(call, refundId));
  };

const READINGS: { readonly [Name in Heard['name']]?: Reading } = {
  'inventory.stock-needs-attention.v1': raised,
  'payments.payment-needs-attention.v1': raised,
  'shipping.shipment-needs-attention.v1': raised,
  'inventory.stock-attention-handled.v1': handled,
  'payments.payment-attention-handled.v1': handled,
  'shipping.shipment-attention-handled.v1': handled,
  'payments.payment-authorized.v1': answered('authorize'),
  'payments.payment-declined.v1': answered('authorize'),
  'payments.payment-captured.v1': answered('capture'),
  'payments.payment-voided.v1': answered('void'),
  'payments.payment-refunded.v1': answered('refund'),
  'shipping.shipment-booked.v1': answered('book'),
  'shipping.shipment-refused.v1': answered('book'),
};

const isResolution = ({ name, data }: Heard): boolean =>
  name.includes('attention-handled') && 'action' in data && data.action === 'resolved';

export const callsForPerson = (): CallsForPerson => {
  const open = new Map<string, readonly OpenCall[]>();
  const settledByHand = new Set<string>();
  return {
    hear: (heard) => {
      if (isResolution(heard)) settledByHand.add(heard.subject);
      const reading = READINGS[heard.name];
      if (reading !== undefined) open.set(heard.subject, reading(heard, open.get(heard.subject) ?? []));
    },
    areOpen: (orderId) => (open.get(orderId)?.length ?? 0) > 0,
    isSettledByHand: (orderId) => settledByHand.has(orderId),
  };
};
