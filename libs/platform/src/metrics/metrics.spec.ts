import { Metrics } from './metrics';

const linesOf = async (service: string): Promise<readonly string[]> =>
  (await new Metrics(service).registry.metrics()).split('\n');

describe('what a service counts of itself', () => {
  it('has every deadline of the service from the start, so that the first that fires is an increase', async () => {
    expect(await linesOf('inventory')).toContain(
      'murmuration_deadline_late_seconds_count{service="inventory",deadline="stock-hold"} 0',
    );
    expect((await linesOf('inventory')).filter((line) => line.includes('order-deadline'))).toEqual([]);
  });

  it('has every external call of the service that may be given up from the start', async () => {
    const lines = await linesOf('payments');
    for (const kind of ['authorize', 'capture', 'void', 'refund'])
      expect(lines).toContain(
        `murmuration_effect_duration_seconds_count{service="payments",kind="${kind}",outcome="gave-up"} 0`,
      );
  });

  it.each([
    ['cannot be told', () => Promise.reject(new Error('no database'))],
    ['is not told in time', () => new Promise<number>(() => undefined)],
  ])('shows all other figures when one %s', async (_, read) => {
    const metrics = new Metrics('orders');
    metrics.gauge('lost', 'Lost.', read, 20);
    metrics.gauge('told', 'Told.', () => 7, 20);
    const lines = (await metrics.registry.metrics()).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['lost{service="orders"} Nan', 'told{service="orders"} 7']));
  });
});
