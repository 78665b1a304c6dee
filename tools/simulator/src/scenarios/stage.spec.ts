import { reaches } from './props';
import { play } from './stage';

describe('a stage', () => {
  it('fails a script whose expectation does not hold, in its words', async () => {
    const { failure } = await play(async ({ expect: hold }) => hold('pigs fly', false));
    expect(failure).toBe('not so: pigs fly');
  });

  it('fails a script that waits in vain', async () => {
    const { failure } = await play(async ({ until }) => until('pigs fly', () => false, 1_000));
    expect(failure).toBe('not within 1000 ms: pigs fly');
  });

  it('fails a script whose fault never struck', async () => {
    const { failure } = await play(async ({ arm, place }) => {
      arm('answer lost', /refund:/);
      await place();
    });
    expect(failure).toContain('armed and never struck: answer lost');
  });

  it('finds what a script has broken without a word', async () => {
    const { findings } = await play(async (stage) => {
      const orderId = await stage.place();
      await reaches(stage, orderId, 'delivered');
      const { store } = stage.world.serviceOf('payments').database.tables;
      const [, , authorized] = await store.readLog(0, 0, 10);
      if (authorized !== undefined)
        await store.append({
          checks: [],
          events: [{ ...authorized, eventId: '00000000-0000-4000-8000-000000000000' }],
        });
      await stage.pass(5_000);
    });
    expect(findings.length).toBeGreaterThan(0);
  });
});
