import { Health, type ComponentCheck } from './health';

const check = (name: string, vital: boolean, found: ComponentCheck['check']): ComponentCheck => ({
  name,
  vital,
  check: found,
});
const up = check('database', true, () => ({ status: 'up' }));

describe('health', () => {
  it('is up when every component is', async () => {
    await expect(new Health([up]).report()).resolves.toEqual({
      status: 'up',
      components: { database: { status: 'up' } },
    });
  });

  it('is degraded, not down, when a component that is not vital is down', async () => {
    const kafka = check('kafka', false, () => Promise.reject(new Error('connection refused')));
    await expect(new Health([up, kafka]).report()).resolves.toEqual({
      status: 'degraded',
      components: { database: { status: 'up' }, kafka: { status: 'degraded', detail: 'connection refused' } },
    });
  });

  it('is down when a vital component is', async () => {
    const migrations = check('migrations', true, () => ({ status: 'down', detail: '1 pending' }));
    await expect(new Health([up, migrations]).report()).resolves.toMatchObject({
      status: 'down',
      components: { migrations: { status: 'down', detail: '1 pending' } },
    });
  });

  it('gives up on a component that does not answer', async () => {
    jest.useFakeTimers();
    const report = new Health([check('database', true, () => new Promise(() => undefined))]).report();
    await jest.advanceTimersByTimeAsync(2_000);
    await expect(report).resolves.toMatchObject({ status: 'down', components: { database: { status: 'down' } } });
    jest.useRealTimers();
  });

  it('is down from the moment the service begins to stop', async () => {
    const health = new Health([up]);
    health.stop();
    await expect(health.report()).resolves.toMatchObject({
      status: 'down',
      components: { service: { status: 'down' } },
    });
  });
});
