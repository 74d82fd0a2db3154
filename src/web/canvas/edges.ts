import { MarkerType } from '@xyflow/react';
import type { Problem } from '../../contract/error-views.ts';
import { isAutomatic } from '../../workflow/edit/automatic-connections.ts';
import { cardHeight, columnNumbers } from '../../workflow/edit/columns.ts';
import { graphOf, type WorkflowGraph } from '../../workflow/graph.ts';
import { agentId } from '../../workflow/ids.ts';
import { loopBody } from '../../workflow/loops.ts';
import type { Connection, Workflow } from '../../workflow/schema.ts';
import { classNames } from '../design/class-names.ts';
import type { FlowEdge } from './flow-edge.tsx';
import { connectionLabel, flowStyles } from './flow-styles.ts';
import { loopMarginPx } from './loop-path.ts';
import { problemsAt } from './problems.ts';
import type { Selection } from './selection.ts';
import type { ConnectionOutcome, SessionOverlay } from './session-overlay.ts';

/** What the canvas shows. */
export type CanvasContent = {
  workflow: Workflow;
  problems: readonly Problem[];
  selection: Selection;
  session: SessionOverlay | null;
};

/** Between two loops. */
const loopGapPx = 24;

/** Colors of arrow heads, which cannot be set in canvas.css. */
const stateColors: Readonly<Record<ConnectionOutcome['state'], string>> = {
  pending: 'var(--line-strong)',
  'awaiting-approval': 'var(--warn)',
  taken: 'var(--ok)',
  'not-taken': 'var(--line-strong)',
  blocked: 'var(--danger)',
};

/** The connections as edges of React Flow. */
export function createEdges({ workflow, problems, selection, session }: CanvasContent): FlowEdge[] {
  const nameOf = new Map(workflow.agents.map(({ id, name }) => [id, name]));
  const graph = graphOf(workflow);
  let loops = 0;
  return workflow.connections.map((connection, index) => {
    const { id, source, target, flowType } = connection;
    const isBroken = problemsAt(problems, 'connections', index).some((p) => p.severity === 'error');
    const { ink, name } = flowStyles[flowType];
    const isLoop = flowType === 'loop';
    const bottom = isLoop ? loopBottom(workflow, graph, connection) + loopGapPx * loops : null;
    if (isLoop) loops += 1;
    const outcome = session?.connections.get(id) ?? null;
    const color = isBroken ? 'var(--danger)' : outcome === null ? ink : stateColors[outcome.state];
    const label = outcome?.round ?? connectionLabel(connection);
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
        outcome !== null && `state-${outcome.state}`,
      ),
      ariaLabel: [
        `Connection from ${nameOf.get(source)} to ${nameOf.get(target)}`,
        isAutomatic(connection) && 'automatic',
        flowType !== 'always' && name.toLowerCase(),
        connectionLabel(connection),
        outcome?.description,
      ]
        .filter(Boolean)
        .join(', '),
      data: { flowType, label, bottom, outcome: outcome?.description ?? null },
      markerEnd: {
        type: MarkerType.ArrowClosed,
        // The same size on thick and thin lines.
        markerUnits: 'userSpaceOnUse',
        width: 24,
        height: 24,
        color,
      },
    };
  });
}

/** The y position of a loop's line: below all cards between its ends. */
function loopBottom(workflow: Workflow, graph: WorkflowGraph, loop: Connection): number {
  const body = new Set(loopBody(graph, loop));
  const ends = workflow.agents.filter(({ id }) => id === loop.source || id === loop.target);
  const [left, right] = [
    Math.min(...ends.map(({ position }) => position.x)),
    Math.max(...ends.map(({ position }) => position.x)),
  ];
  const around = workflow.agents.filter(
    ({ id, position }) => body.has(id) || (position.x >= left && position.x <= right),
  );
  return Math.max(...around.map(({ position }) => position.y)) + cardHeight + loopMarginPx;
}

type Ends = { readonly source: string; readonly target: string };

/** Whether a connection leads from left to right. */
export function leadsForward(workflow: Workflow, { source, target }: Ends): boolean {
  const columns = columnNumbers(workflow.agents);
  const [from, to] = [columns.get(agentId(source)), columns.get(agentId(target))];
  return from !== undefined && to !== undefined && from < to;
}

/** Whether a connection leads back to an upstream agent, which makes it a loop. */
export function leadsBack(workflow: Workflow, { source, target }: Ends): boolean {
  const ends = { source: agentId(source), target: agentId(target) };
  return source !== target && loopBody(graphOf(workflow), ends).length > 0;
}
