import type { SendCode } from '@murmuration/domain-customers';
import { instant, plusMs } from '@murmuration/kernel';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CodeMessage, Courier } from './courier.port';
import { fileCourier, noCourier } from './couriers';
import { sendCodePort } from './send-code';

const now = instant('2026-03-01T09:30:00.000Z');
const key = 'send-code:v-1';
const effect: SendCode = {
  type: 'SendCode',
  customerId: 'c-1',
  channel: 'email',
  verificationId: 'v-1',
  contact: 'ada@example.org',
  expiresAt: plusMs(now, 1),
};
const message: CodeMessage = {
  ...{ id: key, customerId: 'c-1', channel: 'email', contact: 'ada@example.org', code: 'code of v-1' },
  expiresAt: effect.expiresAt,
};
const port = (courier: Courier) =>
  sendCodePort({ codes: { codeOf: (verificationId) => `code of ${verificationId}` }, courier, now: () => now });

describe('sending a code', () => {
  it('hands it to the courier under the key of the effect', async () => {
    const carried: CodeMessage[] = [];
    const courier: Courier = async (each) => {
      carried.push(each);
      return 'handed-over';
    };
    expect(await port(courier).perform(key, effect)).toMatchObject({ outcome: 'done' });
    expect(carried).toEqual([message]);
  });
  it('is refused where the courier refuses', async () => {
    expect(await port(async () => ({ refused: 'no such address' })).perform(key, effect)).toEqual({
      ...{ outcome: 'refused', reason: 'no such address' },
    });
  });
  it('is tried again where the courier fails', async () => {
    expect(await port(() => Promise.reject(new Error('disk full'))).perform(key, effect)).toEqual({
      ...{ outcome: 'not-yet', reason: 'disk full' },
    });
  });
  it('is given up once the code has expired, without a courier', async () => {
    const courier: Courier = () => Promise.reject(new Error('called'));
    expect(await port(courier).perform(key, { ...effect, expiresAt: now })).toMatchObject({ outcome: 'refused' });
  });
  it('is done again when nobody knows whether it was done', async () => {
    expect(await port(noCourier(() => undefined)).query(key, effect)).toEqual({ outcome: 'not-found' });
  });
});

describe('the couriers', () => {
  it('that is not set up says so, to the log without the code or the address', async () => {
    const lines: unknown[] = [];
    const answer = await noCourier((...line) => lines.push(line))(message);
    expect(answer).toEqual({ refused: 'no courier is set up' });
    expect(lines).toEqual([
      [{ id: key, customerId: 'c-1', channel: 'email' }, 'no courier is set up: the code was not sent'],
    ]);
  });
  it('with a file adds a line for each message, for its owner’s eyes alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'murmuration-codes-'));
    const path = join(folder, 'codes.jsonl');
    const courier = fileCourier(path);
    expect([await courier(message), await courier({ ...message, id: 'second' })]).toEqual([
      'handed-over',
      'handed-over',
    ]);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.slice(0, -1).map((line) => JSON.parse(line) as unknown)).toEqual([
      message,
      { ...message, id: 'second' },
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    rmSync(folder, { recursive: true });
  });
  it('whose file cannot be written fails', async () => {
    await expect(fileCourier('/nowhere/codes.jsonl')(message)).rejects.toThrow(/ENOENT/);
  });
});
