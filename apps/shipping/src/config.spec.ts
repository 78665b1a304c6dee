import { readConfig } from './config';

const DATABASE_URL = 'postgres://shipping:secret@127.0.0.1:5433/shipping';
const webhookOf = (env: Readonly<Record<string, string>>): string =>
  readConfig({ DATABASE_URL, ...env }).CARRIER_WEBHOOK_BASE_URL;

describe('where the simulated carrier finds the service', () => {
  it('is the port that it listens on, whichever that is', () => {
    expect(webhookOf({})).toBe('http://127.0.0.1:3004');
    expect(webhookOf({ PORT: '4004' })).toBe('http://127.0.0.1:4004');
  });

  it('is what is set', () => {
    expect(webhookOf({ PORT: '4004', CARRIER_WEBHOOK_BASE_URL: 'https://shipping' })).toBe('https://shipping');
  });
});
