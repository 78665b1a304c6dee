import { createLogger, nestLogger } from './logger';
import { withinScope } from './request-scope';

const written = (): { readonly lines: Record<string, unknown>[]; write(line: string): void } => {
  const lines: Record<string, unknown>[] = [];
  return { lines, write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
};

describe('the log', () => {
  it('names the service, the level as a word and the time as text', () => {
    const sink = written();
    createLogger('orders', 'info', sink).info({ port: 3001 }, 'ready');
    expect(sink.lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        service: 'orders',
        port: 3001,
        msg: 'ready',
      },
    ]);
  });

  it('carries the correlation id through everything that a request awaits', async () => {
    const sink = written();
    const logger = createLogger('orders', 'info', sink);
    await withinScope({ correlationId: 'c-1' }, async () => {
      await Promise.resolve();
      logger.info('within');
    });
    logger.info('outside');
    expect(sink.lines.map(({ correlationId }) => correlationId)).toEqual(['c-1', undefined]);
  });

  it('keeps what Nest says while wiring for who asks for it', () => {
    const sink = written();
    const logger = nestLogger(createLogger('orders', 'info', sink));
    logger.log('Mapped {/v1/orders, POST} route', 'RouterExplorer');
    logger.log('something of note', 'OrdersController');
    expect(sink.lines).toMatchObject([{ msg: 'something of note', context: 'OrdersController' }]);
  });

  it('writes an error with its stack', () => {
    const sink = written();
    nestLogger(createLogger('orders', 'info', sink)).error('broken', 'Error: broken\n  at x', 'OrdersController');
    expect(sink.lines).toMatchObject([{ level: 'error', msg: 'broken', stack: 'Error: broken\n  at x' }]);
  });
});
