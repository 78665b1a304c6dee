import { sequenceDiagram } from '@murmuration/tool-contracts';
import type { RunResult } from '../run/simulate';

const PARTNERS = new Set(['provider', 'carrier']);
const MESSAGES_MAX = 200;

/** The messages about the orders that a finding names, or about all when it names none, as a Mermaid diagram. */
export const drawRun = ({ findings, messages }: RunResult): string => {
  const subjects = new Set(findings.map(({ subject }) => subject));
  const mine = messages.filter(({ orderId }) => subjects.has(orderId));
  return sequenceDiagram(
    (mine.length > 0 ? mine : messages).slice(0, MESSAGES_MAX).map(({ atMs, from, to, text }) => ({
      ...{ from, to, text: `${String(atMs)} ms: ${text}` },
      kind: PARTNERS.has(from) || PARTNERS.has(to) ? ('call' as const) : ('event' as const),
    })),
  );
};
