import { ConfigError, parseConfig, setting } from './config';
import { serviceConfig } from './service-config';

const DATABASE_URL = 'postgres://orders:secret@127.0.0.1:5433/orders';
const complaint = (env: Record<string, string>): string => {
  try {
    parseConfig(serviceConfig(3001), env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('accepted');
};

describe('config', () => {
  it('fills in what is not set and freezes the whole', () => {
    const config = parseConfig(serviceConfig(3001), { DATABASE_URL });
    expect(config).toMatchObject({ HOST: '127.0.0.1', PORT: 3001, KAFKA_BROKERS: ['127.0.0.1:9092'], MIGRATE: true });
    expect(config.UNSENT_EVENTS_MAX).toBe(10_000_000);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('reads texts as what they mean', () => {
    const env = { DATABASE_URL, PORT: '0', MIGRATE: 'false', KAFKA_BROKERS: 'a:1, b:2', LOG_LEVEL: 'debug' };
    expect(parseConfig(serviceConfig(3001), env)).toMatchObject({
      PORT: 0,
      MIGRATE: false,
      KAFKA_BROKERS: ['a:1', 'b:2'],
      LOG_LEVEL: 'debug',
    });
  });

  it('names the variable, what it must be and what it is', () => {
    expect(complaint({ DATABASE_URL, PORT: 'abc' })).toBe(
      'config: PORT must be a whole number from 0 to 65535, got "abc"',
    );
    expect(complaint({ DATABASE_URL, PORT: '-1' })).toContain('PORT must be');
    expect(complaint({ DATABASE_URL, KAFKA_BROKERS: 'nowhere' })).toContain('a comma-separated list of host:port');
  });

  it.each(['a:0', 'a:65536', 'a:1,b:99999', 'a:'])(
    'takes no broker that nobody can connect to: %s',
    (KAFKA_BROKERS) => {
      expect(complaint({ DATABASE_URL, KAFKA_BROKERS })).toContain('KAFKA_BROKERS must be');
      expect(parseConfig(serviceConfig(3001), { DATABASE_URL, KAFKA_BROKERS: 'a:65535' }).KAFKA_BROKERS).toEqual([
        'a:65535',
      ]);
    },
  );

  it('takes no fewer connections than the event store keeps and the rest needs', () => {
    expect(complaint({ DATABASE_URL, DATABASE_POOL_MAX: '5' })).toContain('a whole number from 6 to 200');
  });

  it('names a variable that is not set, also when it is empty', () => {
    expect(complaint({})).toBe('config: DATABASE_URL is not set: it must be a postgres:// address');
    expect(complaint({ DATABASE_URL: '' })).toContain('DATABASE_URL is not set');
  });

  it('says everything that is wrong in one line', () => {
    const line = complaint({ DATABASE_URL, PORT: 'x', LOG_LEVEL: 'loud' });
    expect(line).toContain('PORT must be');
    expect(line).toContain('LOG_LEVEL must be one of');
    expect(line).not.toContain('\n');
  });

  it('never repeats what may hold a password', () => {
    expect(complaint({ DATABASE_URL: 'mysql://root:secret@db' })).not.toContain('secret');
  });

  it('takes settings of a service’s own', () => {
    const schema = serviceConfig(3001).extend({
      COLOUR: setting('a colour', (text) => (text === 'red' ? 1 : undefined)),
    });
    expect(parseConfig(schema, { DATABASE_URL, COLOUR: 'red' }).COLOUR).toBe(1);
    expect(() => parseConfig(schema, { DATABASE_URL, COLOUR: 'salt' })).toThrow('COLOUR must be a colour, got "salt"');
  });
});
