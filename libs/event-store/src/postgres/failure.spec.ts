import { DatabaseError } from 'pg';
import { EventStoreError } from '../event-store-error';
import { eventStoreError, isPassing, isWorthResending } from './failure';

const answered = (code: string): DatabaseError => Object.assign(new DatabaseError('as it says', 10, 'error'), { code });

describe('what the database answers', () => {
  it.each([
    ['53100', 'disk_full'],
    ['53200', 'out_of_memory'],
    ['53300', 'too_many_connections'],
    ['58000', 'system_error'],
    ['58030', 'io_error'],
    ['57P01', 'admin_shutdown'],
    ['57P02', 'crash_shutdown'],
    ['57P03', 'cannot_connect_now'],
    ['40001', 'serialization_failure'],
  ])('%s (%s) passes: to ask again later may help', (code) => {
    expect(isPassing(answered(code))).toBe(true);
    expect(eventStoreError(answered(code))).toMatchObject({ code: 'unavailable', retryable: true });
  });

  it.each([
    ['22P02', 'invalid-request'],
    ['42P01', 'not-migrated'],
    ['42501', 'refused'],
    ['XX001', 'refused'],
  ])('%s does not: it is %s', (sqlState, code) => {
    expect(eventStoreError(answered(sqlState))).toMatchObject({ code, retryable: false });
  });

  it('40: that the disk is full is not worth resending within seconds', () => {
    expect(isWorthResending(answered('53100'))).toBe(false);
    expect(isWorthResending(answered('53300'))).toBe(true);
    expect(isWorthResending(new Error('connection lost'))).toBe(true);
    expect(isWorthResending(new EventStoreError('closed', 'it was'))).toBe(false);
  });
});
