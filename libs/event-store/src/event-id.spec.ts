import { v5 } from 'uuid';
import { eventIdOf, uuidV5 } from './event-id';

const DNS_NAMESPACE = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

describe('uuidV5', () => {
  it("agrees with the standard's own example", () => {
    expect(uuidV5(DNS_NAMESPACE, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('agrees with the uuid package on names of any script and length', () => {
    for (const name of ['', 'a', 'Žluťoučký 🐦', 'x'.repeat(1000), '0', '{"a":1}'])
      expect(uuidV5(DNS_NAMESPACE, name)).toBe(v5(name, DNS_NAMESPACE));
  });

  it('gives a command decided again the same event ids, and each index its own', () => {
    const command = uuidV5(DNS_NAMESPACE, 'command');
    expect(eventIdOf(command, 0)).toBe(eventIdOf(command, 0));
    expect(eventIdOf(command, 0)).not.toBe(eventIdOf(command, 1));
  });
});
