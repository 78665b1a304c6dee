/** One line of a sequence diagram. A `note` stands over `from`, or over both when `to` is another. */
export type SequenceMessage = {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly kind?: 'event' | 'call' | 'answer' | 'note';
};

type Kind = NonNullable<SequenceMessage['kind']>;

const ARROWS: Record<Exclude<Kind, 'note'>, string> = { event: '-)', call: '->>', answer: '-->>' };

/** Mermaid ends a statement at `;` and begins an entity at `#`. */
const escaped = (text: string): string =>
  text.replaceAll(/[#;]/g, (char) => `#${char.charCodeAt(0)};`).replaceAll(/\r?\n/g, '<br/>');

const line = ({ from, to, text, kind = 'event' }: SequenceMessage, idOf: (name: string) => string): string => {
  if (kind === 'note') {
    const over = from === to ? idOf(from) : `${idOf(from)},${idOf(to)}`;
    return `  note over ${over}: ${escaped(text)}`;
  }
  return `  ${idOf(from)}${ARROWS[kind]}${idOf(to)}: ${escaped(text)}`;
};

/**
 * Writes a Mermaid sequence diagram that ends with a newline. The participants stand in the order in which they first
 * appear, after those that `first` names.
 */
export const sequenceDiagram = (messages: readonly SequenceMessage[], first: readonly string[] = []): string => {
  const names = [...new Set([...first, ...messages.flatMap(({ from, to }) => [from, to])])];
  const ids = new Map(names.map((name, index) => [name, `p${index + 1}`]));
  const idOf = (name: string): string => ids.get(name) ?? name;
  return [
    'sequenceDiagram',
    ...names.map((name) => `  participant ${idOf(name)} as ${escaped(name)}`),
    ...messages.map((message) => line(message, idOf)),
    '',
  ].join('\n');
};
