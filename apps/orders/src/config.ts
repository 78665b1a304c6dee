import { ORDER_DEADLINE_MS } from '@murmuration/domain-orders';
import { parseConfig, serviceConfig, wholeNumber } from '@murmuration/platform';

const PORT = 3001;
const DEADLINE_MS_MAX = 30 * 24 * 60 * 60 * 1_000;

const schema = serviceConfig(PORT).extend({
  /** How long an order may take before it is asked to be cancelled, and then again before a person is asked. */
  ORDER_DEADLINE_MS: wholeNumber(1_000, DEADLINE_MS_MAX).default(ORDER_DEADLINE_MS),
});

export const readConfig = () => parseConfig(schema, process.env);
export type OrdersConfig = ReturnType<typeof readConfig>;
