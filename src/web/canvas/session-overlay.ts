import { useState } from 'react';
import type { AgentView } from '../../contract/agent-views.ts';
import { connectionStateLabels, loopText } from '../../contract/flow-text.ts';
import type { ConnectionView } from '../../contract/flow-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import type { Connection, Workflow } from '../../workflow/schema.ts';
import { useNewestSession, useOptionalSession } from '../kernel/queries.ts';

/** The state of a connection in a session. */
export type ConnectionOutcome = {
  readonly state: ConnectionView['state'];
  /** The state and its reason. */
  readonly description: string;
  /** The round of a loop, or that it has ended; null for other connections. */
  readonly round: string | null;
};

export type AgentOutcome = Pick<AgentView, 'status' | 'round' | 'rounds'>;

/** The states that a session adds to the parts of its workflow. */
export type SessionOverlay = {
  readonly connections: ReadonlyMap<string, ConnectionOutcome>;
  readonly agents: ReadonlyMap<string, AgentOutcome>;
};

/** The newest session of a workflow, shown on the canvas unless the user hides it. */
export function useSessionOverlay(workflow: Pick<Workflow, 'id'>): {
  readonly session: SessionDetail | null;
  readonly isShown: boolean;
  readonly toggle: () => void;
} {
  const id = useNewestSession(workflow.id).data?.items[0]?.id ?? null;
  const session = useOptionalSession(id).data ?? null;
  const [hiddenId, setHiddenId] = useState<string | null>(null);
  const isShown = session !== null && session.id !== hiddenId;
  return {
    session,
    isShown,
    toggle: () => setHiddenId(isShown ? session.id : null),
  };
}

/** Skips connections that were edited since, because they did not run as they are now. */
export function createOverlay(
  session: SessionDetail,
  { agents, connections }: Pick<Workflow, 'agents' | 'connections'>,
): SessionOverlay {
  const known = new Map(session.connections.map((connection) => [connection.id, connection]));
  return {
    connections: new Map(
      connections.flatMap((connection) => {
        const view = known.get(connection.id);
        return view === undefined || !isSame(view, connection)
          ? []
          : [[connection.id, connectionOutcome(session, view)] as const];
      }),
    ),
    agents: new Map(
      agents.flatMap(({ id }) => {
        const agent = session.agents.find((one) => one.id === id);
        return agent === undefined ? [] : [[id, agent] as const];
      }),
    ),
  };
}

const isSame = (view: ConnectionView, { source, target, flowType }: Connection): boolean =>
  view.source === source && view.target === target && view.flowType === flowType;

function connectionOutcome(
  { loops }: SessionDetail,
  { id, state, reason }: ConnectionView,
): ConnectionOutcome {
  const loop = loops.find((one) => one.id === id);
  if (loop !== undefined) {
    // A loop's connection was taken once there was a second round, however the loop ended.
    const shownState = loop.round > 1 && state !== 'blocked' ? 'taken' : state;
    const round = `Round ${loop.round} of ${loop.mostRounds}`;
    return { state: shownState, description: loopText(loop), round };
  }
  const label = connectionStateLabels[state];
  return { state, description: reason === null ? label : `${label}: ${reason}`, round: null };
}
