// The order in which a graph is computed: every node after those that it reads.

import { type Graph, type GraphNode, producerOf } from './graph.ts';

/** All nodes, inputs first. Loops (a while_loop's back edges) are cut where they are met again. */
export function sortNodes(graph: Graph): GraphNode[] {
  const sorted: GraphNode[] = [];
  const met = new Set<GraphNode>();
  for (const start of graph.values()) {
    // An own stack: graphs with post-processing are deeper than the language's.
    const path: { node: GraphNode; next: number }[] = [];
    const enter = (node: GraphNode | undefined): void => {
      if (!node || met.has(node)) return;
      met.add(node);
      path.push({ node, next: 0 });
    };
    enter(start);
    for (let step = path.at(-1); step; step = path.at(-1)) {
      const input = step.node.inputs[step.next++];
      if (input !== undefined) enter(producerOf(graph, input));
      else sorted.push(...path.splice(-1).map(({ node }) => node));
    }
  }
  return sorted;
}
