import { hash } from 'node:crypto';

const VARIANTS = '89ab';

/** RFC 9562 UUID version 5 (SHA-1 of namespace and name), in lower case. `namespace` is a UUID. */
export const uuidV5 = (namespace: string, name: string): string => {
  const nameBytes = Buffer.byteLength(name);
  const bytes = Buffer.allocUnsafe(16 + nameBytes);
  bytes.write(namespace.replaceAll('-', ''), 0, 16, 'hex');
  bytes.write(name, 16, nameBytes);
  const digest = hash('sha1', bytes, 'hex');
  const variant = VARIANTS[Number.parseInt(digest.charAt(16), 16) & 3];
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
};

/** The id of the event that a command decided at `index`: the same command decided again gives the same ids. */
export const eventIdOf = (commandId: string, index: number): string => uuidV5(commandId, String(index));

/** The namespace of every id that Murmuration derives from a name. */
const MURMURATION = '6d75726d-7572-5174-a96f-6e2d70726f6a';

/** An id derived from a list of names: the same parts give the same id, in every process and for ever. */
export const derivedId = (...parts: readonly string[]): string => uuidV5(MURMURATION, JSON.stringify(parts));
