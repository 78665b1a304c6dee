import { placeOfStep, type Rule } from '../finding';
import { wordOf } from '../choreography';
import { edgesFrom, nodeId, nodesOf, type FlowEdge, type FlowNode } from '../flow';

const isGuarded = (node: FlowNode): boolean => node.kind === 'step' && (node.step.guard?.moves.length ?? 0) >= 2;

type Walk = { readonly path: readonly FlowEdge[]; readonly node: FlowNode };

/** A shortest way from a node back to itself that passes no guard. */
const cycleThrough = (
  start: FlowNode,
  edgesOf: (node: FlowNode) => readonly FlowEdge[],
): readonly FlowEdge[] | undefined => {
  const seen = new Set<string>();
  const queue: Walk[] = [{ path: [], node: start }];
  for (let walk = queue.shift(); walk !== undefined; walk = queue.shift())
    for (const edge of edgesOf(walk.node)) {
      const path = [...walk.path, edge];
      if (nodeId(edge.to) === nodeId(start)) return path;
      if (seen.has(nodeId(edge.to))) continue;
      seen.add(nodeId(edge.to));
      queue.push({ path, node: edge.to });
    }
  return undefined;
};

const told = (cycle: readonly FlowEdge[], start: FlowNode): string =>
  cycle.reduce(
    (text, { event, to }) => `${text} → ${event === undefined ? '' : `${wordOf(event)} → `}${nodeId(to)}`,
    nodeId(start),
  );

/** A circle of events ends only if a step in it moves a state forward and never back. */
export const unguardedCycle: Rule = (choreography) => {
  const edgesOf = (node: FlowNode) => edgesFrom(choreography, node).filter(({ to }) => !isGuarded(to));
  const known = new Set<string>();
  return nodesOf(choreography)
    .filter((node) => !isGuarded(node))
    .flatMap((node) => {
      if (node.kind !== 'step' || known.has(nodeId(node))) return [];
      const cycle = cycleThrough(node, edgesOf);
      if (cycle === undefined) return [];
      for (const { to } of cycle) known.add(nodeId(to));
      return {
        rule: 'unguarded-cycle',
        sentence: `a cycle of events may run for ever: ${told(cycle, node)}`,
        place: placeOfStep(node.step),
        mend: 'give a step of the cycle a state that it moves forward and never back, and declare it as its `guard`',
      };
    });
};
