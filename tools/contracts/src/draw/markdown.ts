/** Stands at the head of every drawn page. */
export const DRAWN = '<!-- Drawn from libs/contracts by `npm run contracts -- draw`. Do not edit. -->\n\n';

export const mermaid = (diagram: string): string => `\`\`\`mermaid\n${diagram.trimEnd()}\n\`\`\`\n`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |\n`).join('');

export const code = (text: string): string => `\`${text}\``;
