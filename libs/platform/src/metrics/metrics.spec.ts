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
});
