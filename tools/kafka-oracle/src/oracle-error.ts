/** Why there is no Apache Kafka to test against; the message is one line for the person who asked for it. */
export class KafkaOracleError extends Error {
  override readonly name = 'KafkaOracleError';
  readonly retryable = false;

  constructor(
    readonly code: 'none-to-be-had' | 'not-started',
    message: string,
    options?: { readonly cause: unknown },
  ) {
    super(message, options);
  }
}
