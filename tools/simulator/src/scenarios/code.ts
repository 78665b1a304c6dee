import { paymentAuthorized } from '@murmuration/contracts';
import type { Binding } from '../world/bindings';
import type { NewRecord } from '../world/log';
import type { Code } from '../world/code';
import { nodesOf } from './props';
import type { Stage } from './stage';

/** What this code knows of the event that some of it says in new words. */
export const V1 = paymentAuthorized.name;
const V2 = 'payments.payment-authorized.v2';
/** All who follow topics. */
export const FOLLOWERS = ['orders', 'inventory', 'payments', 'shipping', 'projections'] as const;

type Reader = ReturnType<Binding['reader']>;

/** Code that reads records another way; `read` is how today's code reads them. */
export const reading =
  (read: (read: Reader, node: string) => Reader): Code =>
  (binding, node) => ({ ...binding, reader: (now) => read(binding.reader(now), node) });

export const textOf = ({ value }: Pick<NewRecord, 'value'>): string => value?.toString('utf8') ?? '{}';

/** An authorisation in the words of tomorrow: the amount is one object. */
export const inNewWords = (record: NewRecord): NewRecord => {
  const { amountMinor, currency, ...rest } = JSON.parse(textOf(record)) as Record<string, unknown>;
  const value = Buffer.from(JSON.stringify({ ...rest, amount: { minor: amountMinor, currency } }));
  return { ...record, value, headers: { ...record.headers, ce_type: V2 } };
};

/** Code of tomorrow that still knows the words of today. */
export const knowingBoth = reading((read) => (record) => {
  if (record.headers['ce_type'] !== V2) return read(record);
  const { amount, ...rest } = JSON.parse(record.value?.toString('utf8') ?? '{}') as {
    readonly amount: { readonly minor: number; readonly currency: string };
  };
  const value = JSON.stringify({ ...rest, amountMinor: amount.minor, currency: amount.currency });
  return read({ headers: { ...record.headers, ce_type: V1 }, value });
});

/** Stops and starts the processes of a service, one after the other. */
export const restartAll = async (stage: Stage, service: string): Promise<void> => {
  for (const node of nodesOf(stage).filter((name) => name.startsWith(service))) {
    await stage.world.stop(node);
    stage.world.start(node);
  }
};
