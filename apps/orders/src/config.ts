import { ORDER_DEADLINE_MS } from '@murmuration/domain-orders';
import { parseConfig, serviceConfig, setting, text, wholeNumber } from '@murmuration/platform';

const PORT = 3001;
const DEADLINE_MS_MAX = 30 * 24 * 60 * 60 * 1_000;

const SECRET_CHARS_MIN = 32;

const schema = serviceConfig(PORT).extend({
  /** How long an order may take before it is asked to be cancelled, and then again before a person is asked. */
  ORDER_DEADLINE_MS: wholeNumber(1_000, DEADLINE_MS_MAX).default(ORDER_DEADLINE_MS),
  /**
   * What verification codes are made with; the same in all replicas. Without one each process draws its own, and a code sent before
   * a restart is wrong after it.
   */
  VERIFICATION_SECRET: setting(`at least ${SECRET_CHARS_MIN} characters`, (given) =>
    given.length >= SECRET_CHARS_MIN ? given : undefined,
  ).optional(),
  /** The file that verification codes are written to for whoever carries them to the customers. Without one they are not sent. */
  COURIER_FILE: text('the path of a file').optional(),
});

export const readConfig = () => parseConfig(schema, process.env);
export type OrdersConfig = ReturnType<typeof readConfig>;
