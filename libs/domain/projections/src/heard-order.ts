import {
  contractOf,
  EVENTS,
  type Heard,
  type IntegrationData,
  type IntegrationEventName,
} from '@murmuration/contracts';

/** `stock-reserved` of `inventory.stock-reserved.v1`. */
type ShortName<Name extends string> = Name extends `${string}.${infer Short}.v${number}` ? Short : never;

/** The events in which a service speaks of one order. What projections itself says of orders is not evidence. */
export type OrderEventName = {
  [Name in IntegrationEventName]: Name extends `projections.${string}`
    ? never
    : IntegrationData<Name> extends { readonly orderId: string }
      ? Name
      : never;
}[IntegrationEventName];

/** An event as people call it: without the service's name and the version. */
export type OrderWord = ShortName<OrderEventName>;

/** Something heard of one order, told apart by its name. */
export type HeardOfOrder = Omit<Heard, 'name' | 'data'> &
  { [Name in OrderEventName]: { readonly name: Name; readonly data: IntegrationData<Name> } }[OrderEventName];

export const isOfOrder = (heard: Heard): heard is HeardOfOrder => {
  const contract = contractOf(heard.name);
  return contract?.key === 'orderId' && contract.service !== 'projections';
};

/** The order that an event is about, if it is about one. */
export const orderIdOf = (heard: Heard): string | undefined => (isOfOrder(heard) ? heard.data.orderId : undefined);

const [SERVICE, WORD] = [0, 1];

export const serviceOf = (name: IntegrationEventName): string => name.split('.')[SERVICE] ?? name;

export const wordOf = (name: IntegrationEventName): OrderWord => name.split('.')[WORD] as OrderWord; // because the type says so of every name of an order

const isOperatorsWord = (name: IntegrationEventName): boolean => name.includes('-attention-handled.');

/** An operator's word comes before what it leads to; other events of one append are declared in the order in which they are said. */
const RANKS: ReadonlyMap<string, number> = new Map(
  [...EVENTS]
    .sort((left, right) => Number(isOperatorsWord(right.name)) - Number(isOperatorsWord(left.name)))
    .map(({ name }, rank) => [name, rank]),
);

const rankOf = ({ name }: HeardOfOrder): number => RANKS.get(name) ?? RANKS.size;

/** All that was heard, each record once, in the order of time; what happened at one instant in the order of cause. */
export const inOrderOfTime = (heard: readonly Heard[]): readonly HeardOfOrder[] =>
  [...new Map(heard.filter(isOfOrder).map((event) => [event.id, event])).values()].sort(
    (left, right) =>
      compare(left.time, right.time) ||
      left.hop - right.hop ||
      rankOf(left) - rankOf(right) ||
      compare(left.id, right.id),
  );

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
