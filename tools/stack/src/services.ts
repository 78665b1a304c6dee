/** The five services, with the fixed ports of a stack that people talk to. */
export const SERVICES = [
  { name: 'orders', port: 3001 },
  { name: 'inventory', port: 3002 },
  { name: 'payments', port: 3003 },
  { name: 'shipping', port: 3004 },
  { name: 'projections', port: 3005 },
] as const;

export type ServiceName = (typeof SERVICES)[number]['name'];

export const BROKER_PORT = 9092;
export const POSTGRES_PORT = 5433;
