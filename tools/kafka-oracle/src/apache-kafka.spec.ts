import { startApacheKafka } from './apache-kafka';

describe('the Apache Kafka to test against', () => {
  it('is the one in KAFKA_BROKERS when that is set', async () => {
    const kafka = await startApacheKafka({ KAFKA_BROKERS: 'one:9092,two:9092' });
    expect(kafka.brokers).toEqual(['one:9092', 'two:9092']);
    await kafka.stop();
  });

  it('is asked for in one line when there is no way to get one', async () => {
    const env = { KAFKA_BROKERS: '', DOCKER_HOST: 'unix:///nowhere/docker.sock', PATH: '/nowhere' };
    const failure = await startApacheKafka(env).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'none-to-be-had' });
    expect((failure as Error).message).toMatch(/^no Apache Kafka .* KAFKA_BROKERS=.*Docker.*Maven$/);
  });
});
