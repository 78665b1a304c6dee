import { findPorts } from './ports';
import { BROKER_PORT, POSTGRES_PORT, SERVICES, type ServiceName } from './services';

/** `fixed` ports plus an offset, or any free ones. */
export type PortChoice = { readonly offset: number } | 'free';

export type ServiceAddress = { readonly service: ServiceName; readonly unit: string; readonly port: number };

export type Addresses = {
  readonly postgresPort: number;
  /** Absent in a stack without a broker of its own. */
  readonly brokerPort?: number;
  /** One for each process of each service. */
  readonly services: readonly ServiceAddress[];
};

/** From one replica of a service to the next. */
const REPLICA_STEP = 100;

/** Where each process will listen. Throws a `StackError` that names a port which is taken. */
export const chooseAddresses = async (
  choice: PortChoice,
  { replicas, withBroker }: { readonly replicas: number; readonly withBroker: boolean },
): Promise<Addresses> => {
  const at = (fixed: number): number | 'any' => (choice === 'free' ? 'any' : fixed + choice.offset);
  const units = SERVICES.flatMap(({ name, port }) =>
    Array.from({ length: replicas }, (_, replica) => ({
      service: name,
      unit: replica === 0 ? name : `${name}-${replica + 1}`,
      fixed: port + replica * REPLICA_STEP,
    })),
  );
  const [postgresPort = 0, ...ports] = await findPorts([
    { what: 'PostgreSQL', port: at(POSTGRES_PORT) },
    ...units.map(({ unit, fixed }) => ({ what: unit, port: at(fixed) })),
    ...(withBroker ? [{ what: 'the broker', port: at(BROKER_PORT) }] : []),
  ]);
  const brokerPort = ports[units.length];
  return {
    postgresPort,
    ...(brokerPort === undefined ? {} : { brokerPort }),
    services: units.map(({ service, unit }, index) => ({ service, unit, port: ports[index] ?? 0 })),
  };
};

export const urlOf = (port: number): string => `http://127.0.0.1:${port}`;

export const urlsByService = (
  services: readonly ServiceAddress[],
): Readonly<Record<ServiceName, readonly string[]>> => {
  const urlsOf = (name: ServiceName): readonly string[] =>
    services.filter(({ service }) => service === name).map(({ port }) => urlOf(port));
  return {
    orders: urlsOf('orders'),
    inventory: urlsOf('inventory'),
    payments: urlsOf('payments'),
    shipping: urlsOf('shipping'),
    projections: urlsOf('projections'),
  };
};
