import { MarkerType } from '@xyflow/react';
import type { Problem } from '../../contract/error-views.ts';
import { isAutomatic } from '../../workflow/edit/automatic-connections.ts';
import { cardHeight, columnNumbers } from '../../workflow/edit/columns.ts';
import { graphOf, type WorkflowGraph } from '../../workflow/graph.ts';
import { agentId } from '../../workflow/ids.ts';
import { loopBody } from '../../workflow/loops.ts';
import type { Connection, Workflow } from '../../workflow/schema.ts';
import { classNames } from '../design/class-names.ts';
import type { DrawnSession, DrawnWay } from './drawn-session.ts';
import type { FlowEdge } from './flow-edge.tsx';
import { flowLooks, flowWords } from './flow-looks.ts';
import { problemsAt } from './problems.ts';
import type { Selection } from './selection.ts';

type Drawn = {
  workflow: Workflow;
  problems: readonly Problem[];
  selection: Selection;
  session: DrawnSession | null;
};

/** Between the lowest card that a loop leads around and its line, and between the lines of two loops. */
const belowCards = 40;
const betweenLoops = 24;

/** Of the arrow heads, which take no style sheet; the lines are in canvas.css. */
const wayInks: Readonly<Record<DrawnWay['state'], string>> = {
  pending: 'var(--line-strong)',
  'awaiting-approval': 'var(--warn)',
  taken: 'var(--ok)',
  'not-taken': 'var(--line-strong)',
  blocked: 'var(--danger)',
};

/** The connections as the canvas draws them. */
export function edgesOf({ workflow, problems, selection, session }: Drawn): FlowEdge[] {
  const nameOf = new Map(workflow.agents.map(({ id, name }) => [id, name]));
  const graph = graphOf(workflow);
  let loops = 0;
  return workflow.connections.map((connection, index) => {
    const { id, source, target, flowType } = connection;
    const isBroken = problemsAt(problems, 'connections', index).some((p) => p.severity === 'error');
    const { ink, name } = flowLooks[flowType];
    const isLoop = flowType === 'loop';
    const bottom = isLoop ? bottomOfLoop(workflow, graph, connection) + betweenLoops * loops : null;
    if (isLoop) loops += 1;
    const way = session?.ways.get(id) ?? null;
    const color = isBroken ? 'var(--danger)' : way === null ? ink : wayInks[way.state];
    const words = way?.round ?? flowWords(connection);
    return {
      id,
      type: 'flow',
      source,
      target,
      selected: selection?.kind === 'connection' && selection.id === id,
      className: classNames(
        isAutomatic(connection) && 'is-automatic',
        isBroken && 'has-error',
        flowType !== 'always' && `is-${flowType}`,
        way !== null && `way-${way.state}`,
      ),
      ariaLabel: [
        `Connection from ${nameOf.get(source)} to ${nameOf.get(target)}`,
        isAutomatic(connection) && 'automatic',
        flowType !== 'always' && name.toLowerCase(),
        flowWords(connection),
        way?.words,
      ]
        .filter(Boolean)
        .join(', '),
      data: { flowType, words, bottom, way: way?.words ?? null },
      markerEnd: {
        type: MarkerType.ArrowClosed,
        // As large on a bold line as on a thin one.
        markerUnits: 'userSpaceOnUse',
        width: 24,
        height: 24,
        color,
      },
    };
  });
}

/** Below every card that stands between its two ends. */
function bottomOfLoop(workflow: Workflow, graph: WorkflowGraph, loop: Connection): number {
  const body = new Set(loopBody(graph, loop));
  const ends = workflow.agents.filter(({ id }) => id === loop.source || id === loop.target);
  const [left, right] = [
    Math.min(...ends.map(({ position }) => position.x)),
    Math.max(...ends.map(({ position }) => position.x)),
  ];
  const around = workflow.agents.filter(
    ({ id, position }) => body.has(id) || (position.x >= left && position.x <= right),
  );
  return Math.max(...around.map(({ position }) => position.y)) + cardHeight + belowCards;
}

type Ends = { readonly source: string; readonly target: string };

/** Connections lead from left to right. */
export function leadsRight(workflow: Workflow, { source, target }: Ends): boolean {
  const columns = columnNumbers(workflow.agents);
  const [from, to] = [columns.get(agentId(source)), columns.get(agentId(target))];
  return from !== undefined && to !== undefined && from < to;
}

/** What leads back to an agent that comes before is a loop. */
export function leadsBack(workflow: Workflow, { source, target }: Ends): boolean {
  const ends = { source: agentId(source), target: agentId(target) };
  return source !== target && loopBody(graphOf(workflow), ends).length > 0;
}
