import { at, batchOf, freshGroup, TOPIC, type InboxUnderTest } from './inbox.fixture';

/** Who may go on where, and what it knows. */
export const claimsContract = (make: () => Promise<InboxUnderTest>): void => {
  let subject: InboxUnderTest;
  beforeAll(async () => {
    subject = await make();
  });

  describe('a claim', () => {
    it('begins at the first offset and with nothing heard', async () => {
      const group = freshGroup();
      await expect(subject.inbox.claim(group, TOPIC, 3, 'one')).resolves.toEqual({
        ...{ group, topic: TOPIC, partition: 3, epoch: 1, starts: 1, nextOffset: '0' },
        ...{ watermarks: new Map(), parkedKeys: new Map() },
      });
    });

    it('goes on from what was committed, under a higher epoch', async () => {
      const { inbox, other } = subject;
      const group = freshGroup();
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      const [first, moved, second] = [at(3), at(9), at(1)];
      await inbox.commit(batchOf(claim, 1, { watermarks: new Map([['orders/0', first]]) }));
      await inbox.commit(
        batchOf(claim, 2, {
          watermarks: new Map([
            ['orders/0', moved],
            ['orders/1', second],
          ]),
        }),
      );
      const next = await other.claim(group, TOPIC, 0, 'two');
      expect(next.epoch).toBeGreaterThan(claim.epoch);
      expect(next.nextOffset).toBe('20');
      expect(next.watermarks).toEqual(
        new Map([
          ['orders/0', moved],
          ['orders/1', second],
        ]),
      );
    });

    it('counts an attempt once, however often its claim notes it or takes it back', async () => {
      const { inbox, other } = subject;
      const group = freshGroup();
      const first = await inbox.claim(group, TOPIC, 0, 'one');
      for (let again = 0; again < 4; again++) await expect(inbox.noteAttempt(first, '7')).resolves.toBe(1);
      const second = await other.claim(group, TOPIC, 0, 'one');
      await expect(other.noteAttempt(second, '7')).resolves.toBe(2);
      await inbox.withdrawAttempt(first, '7');
      for (let again = 0; again < 4; again++) await other.withdrawAttempt(second, '7');
      await expect(other.noteAttempt(second, '7')).resolves.toBe(2);
    });

    it('counts the starts since something was committed, and the attempts at one record', async () => {
      const { inbox, other } = subject;
      const group = freshGroup();
      const first = await inbox.claim(group, TOPIC, 0, 'one');
      await expect(inbox.noteAttempt(first, '7')).resolves.toBe(1);
      const second = await other.claim(group, TOPIC, 0, 'one');
      expect(second.starts).toBe(2);
      await expect(other.noteAttempt(second, '7')).resolves.toBe(2);
      await other.withdrawAttempt(second, '7');
      await other.withdrawAttempt(second, '6');
      await expect(other.noteAttempt(second, '7')).resolves.toBe(2);
      await expect(other.noteAttempt(second, '8')).resolves.toBe(1);
      await other.commit(batchOf(second, 1));
      expect((await inbox.claim(group, TOPIC, 0, 'one')).starts).toBe(1);
    });

    it('is one of its group, topic and partition alone', async () => {
      const { inbox } = subject;
      const [group, another] = [freshGroup(), freshGroup()];
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      await inbox.commit(batchOf(claim, 1));
      expect((await inbox.claim(another, TOPIC, 0, 'one')).nextOffset).toBe('0');
      expect((await inbox.claim(group, TOPIC, 1, 'one')).nextOffset).toBe('0');
      expect((await inbox.claim(group, 'other.events.v1', 0, 'one')).nextOffset).toBe('0');
    });

    it('keeps offsets beyond what a double holds', async () => {
      const { inbox } = subject;
      const group = freshGroup();
      const claim = await inbox.claim(group, TOPIC, 0, 'one');
      await inbox.commit(batchOf(claim, 1, { nextOffset: '9223372036854775806' }));
      expect((await inbox.claim(group, TOPIC, 0, 'one')).nextOffset).toBe('9223372036854775806');
    });
  });
};
