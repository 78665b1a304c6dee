import type { Deadline, Step } from '@murmuration/contracts';
import { hearersOf, idOf, saidBy, type Choreography } from './choreography';

/** A step, or a deadline that steps have set and that says something by itself. */
export type FlowNode =
  { readonly kind: 'step'; readonly step: Step } | { readonly kind: 'deadline'; readonly deadline: Deadline };

export type FlowEdge = { readonly from: FlowNode; readonly to: FlowNode; readonly event?: string };

export const nodeId = (node: FlowNode): string =>
  node.kind === 'step' ? idOf(node.step) : `deadline ${node.deadline.name}`;

const stepNode = (step: Step): FlowNode => ({ kind: 'step', step });

/** What may happen after what: a step is heard by steps and sets deadlines, and a deadline that fires is heard as well. */
export const edgesFrom = (choreography: Choreography, from: FlowNode): readonly FlowEdge[] => {
  const said = from.kind === 'step' ? saidBy(from.step) : from.deadline.fires;
  const heard = said.flatMap((event) =>
    hearersOf(choreography, event).map((step): FlowEdge => ({ from, to: stepNode(step), event })),
  );
  if (from.kind === 'deadline') return heard;
  const set = new Set(from.step.waits?.map(({ deadline }) => deadline));
  const deadlines = choreography.deadlines.filter(({ name }) => [...set].some((deadline) => deadline === name));
  return [...heard, ...deadlines.map((deadline): FlowEdge => ({ from, to: { kind: 'deadline', deadline } }))];
};

export const nodesOf = ({ steps, deadlines }: Choreography): readonly FlowNode[] => [
  ...steps.map(stepNode),
  ...deadlines.map((deadline): FlowNode => ({ kind: 'deadline', deadline })),
];

/** Every edge that can be walked from a node, nearest first. */
export const edgesAfter = (choreography: Choreography, start: FlowNode): readonly FlowEdge[] => {
  const seen = new Set([nodeId(start)]);
  const queue = [start];
  const edges: FlowEdge[] = [];
  for (let node = queue.shift(); node !== undefined; node = queue.shift())
    for (const edge of edgesFrom(choreography, node)) {
      edges.push(edge);
      if (seen.has(nodeId(edge.to))) continue;
      seen.add(nodeId(edge.to));
      queue.push(edge.to);
    }
  return edges;
};
