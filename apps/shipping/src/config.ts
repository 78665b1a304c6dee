import { type Environment, parseConfig, serviceConfig, url, wholeNumber } from '@murmuration/platform';

const PORT = 3004;
const DELAY_MS_MAX = 24 * 60 * 60 * 1_000;
const DELAY_MS = 1_000;

const schema = serviceConfig(PORT).extend({
  /** From the booking to the hand-over, and again from there to the door, at the simulated carrier. */
  CARRIER_DELAY_MS: wholeNumber(0, DELAY_MS_MAX).default(DELAY_MS),
  /** Where the simulated carrier finds this service: its webhook lies below. On this machine, at the port that it listens on, by default. */
  CARRIER_WEBHOOK_BASE_URL: url('an http:// or https:// address', 'http:', 'https:').optional(),
});

export const readConfig = (env: Environment = process.env) => {
  const config = parseConfig(schema, env);
  const { PORT: port, CARRIER_WEBHOOK_BASE_URL = `http://127.0.0.1:${port}` } = config;
  return Object.freeze({ ...config, CARRIER_WEBHOOK_BASE_URL });
};
