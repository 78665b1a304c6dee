import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrokerIdentity } from './broker-identity';

describe('the identity of a broker', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'murmuration-identity-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is the same after a restart', () => {
    expect(new BrokerIdentity(folder).clusterId).toBe(new BrokerIdentity(folder).clusterId);
  });

  it('gives no producer id twice, over restarts and when its disk refuses for a while', () => {
    const given: number[] = [];
    const identity = new BrokerIdentity(folder);
    mkdirSync(join(folder, 'broker.json.new'));
    for (let turn = 0; turn < 2; turn++) expect(() => given.push(identity.newProducerId())).toThrow('EISDIR');
    rmdirSync(join(folder, 'broker.json.new'));
    for (let count = 0; count < 1500; count++) given.push(identity.newProducerId());
    const again = new BrokerIdentity(folder);
    for (let count = 0; count < 10; count++) given.push(again.newProducerId());
    expect(new Set(given).size).toBe(given.length);
  });
});
