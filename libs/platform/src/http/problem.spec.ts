import { MessagingError } from '@murmuration/messaging';
import { toProblem } from './problem';

describe('a failure of messaging', () => {
  it.each(['unavailable', 'closed'] as const)(
    'that passes (%s) asks to come back, and tells nothing of hosts',
    (code) => {
      const problem = toProblem(new MessagingError(code, 'db-7.internal refused'));
      expect(problem).toMatchObject({ status: 503, code: 'unavailable', details: { retryAfterS: 1 } });
      expect(problem.message).not.toContain('db-7');
    },
  );

  it('that does not pass is a failure of the service', () => {
    expect(toProblem(new MessagingError('refused', 'no such table')).status).toBe(500);
  });
});
