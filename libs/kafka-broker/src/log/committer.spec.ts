import { Committer, type Durable } from './committer';

class Recorder implements Durable {
  readonly calls: string[] = [];
  fails: 'write' | 'sync' | undefined;
  private finishSync: (() => void) | undefined;

  write(): void {
    this.calls.push('write');
    if (this.fails === 'write') throw new Error('disk full');
  }
  sync(): Promise<void> {
    this.calls.push('sync');
    if (this.fails === 'sync') return Promise.reject(new Error('broken disk'));
    return new Promise((resolve) => (this.finishSync = resolve));
  }
  committed(): void {
    this.calls.push('committed');
  }
  rollBack(): void {
    this.calls.push('rollBack');
  }
  endSync(): void {
    this.finishSync?.();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a commit round', () => {
  const committer = (fsync: 'none' | 'group') => {
    const woken: Durable[] = [];
    const lines: string[] = [];
    const made = new Committer(
      fsync,
      (members) => woken.push(...members),
      (line) => lines.push(line),
    );
    return { made, woken, lines };
  };

  it('writes a member once for all that was appended in one turn, then answers everyone', async () => {
    const { made, woken } = committer('none');
    const member = new Recorder();
    const answers: number[] = [];
    for (const request of [1, 2, 3]) {
      made.enlist(member);
      made.whenCommitted((failed) => answers.push(failed.size * 100 + request));
    }
    expect(answers).toEqual([]);
    await turn();
    expect(member.calls).toEqual(['write', 'committed']);
    expect(answers).toEqual([1, 2, 3]);
    expect(woken).toEqual([member]);
  });

  it('tells those who wait which member could not be written, and undoes it', async () => {
    const { made, lines } = committer('none');
    const [good, bad] = [new Recorder(), new Recorder()];
    bad.fails = 'write';
    made.enlist(good);
    made.enlist(bad);
    const failed = await new Promise<ReadonlySet<Durable>>((resolve) => made.whenCommitted(resolve));
    expect([...failed]).toEqual([bad]);
    expect(good.calls).toEqual(['write', 'committed']);
    expect(bad.calls).toEqual(['write', 'rollBack']);
    expect(lines).toHaveLength(1);
  });

  it('with fsync, answers after the sync, and gathers the next round meanwhile', async () => {
    const { made } = committer('group');
    const member = new Recorder();
    const answers: string[] = [];
    made.enlist(member);
    made.whenCommitted(() => answers.push('first'));
    await turn();
    made.enlist(member);
    made.whenCommitted(() => answers.push('second'));
    await turn();
    expect(answers).toEqual([]);
    expect(member.calls).toEqual(['write', 'sync']);
    member.endSync();
    await turn();
    await turn();
    expect(answers).toEqual(['first']);
    member.endSync();
    await turn();
    expect(answers).toEqual(['first', 'second']);
    expect(member.calls).toEqual(['write', 'sync', 'committed', 'write', 'sync', 'committed']);
  });

  it('fails what was appended behind a sync that failed', async () => {
    const { made } = committer('group');
    const member = new Recorder();
    member.fails = 'sync';
    const failures: number[] = [];
    made.enlist(member);
    made.whenCommitted((failed) => failures.push(failed.size));
    setImmediate(() => {
      made.enlist(member);
      made.whenCommitted((failed) => failures.push(failed.size));
    });
    await turn();
    await turn();
    member.fails = undefined;
    await turn();
    member.endSync();
    await turn();
    expect(failures).toEqual([1, 1]);
  });

  it('fails nothing that is appended after a failure was undone, however busy it is', async () => {
    const { made } = committer('group');
    const [member, slow] = [new Recorder(), new Recorder()];
    const answers: string[] = [];
    const append = (name: string): void => {
      made.enlist(member);
      made.enlist(slow);
      made.whenCommitted((failed) => answers.push(`${name} ${failed.has(member) ? 'failed' : 'kept'}`));
    };
    member.fails = 'sync';
    append('first');
    await turn();
    append('behind it');
    member.fails = undefined;
    for (const name of ['second', 'third', 'fourth']) {
      slow.endSync();
      member.endSync();
      await turn();
      await turn();
      append(name);
    }
    for (let round = 0; round < 3; round++) {
      slow.endSync();
      member.endSync();
      await turn();
      await turn();
    }
    expect(answers).toEqual(['first failed', 'behind it failed', 'second kept', 'third kept', 'fourth kept']);
  });
});
