import { useState } from 'react';
import type { AgentView } from '../../contract/agent-views.ts';
import { connectionStateLabels, loopText } from '../../contract/flow-text.ts';
import type { ConnectionView } from '../../contract/flow-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import type { Connection, Workflow } from '../../workflow/schema.ts';
import { useNewestSession, useOptionalSession } from '../kernel/queries.ts';

/** How a connection went in a session. */
export type DrawnWay = {
  readonly state: ConnectionView['state'];
  /** State and reason, in words. */
  readonly words: string;
  /** Of a loop: its round, or that it has ended. */
  readonly round: string | null;
};

export type DrawnAgent = Pick<AgentView, 'status' | 'round' | 'rounds'>;

/** What a session says about the parts of the workflow that are drawn. */
export type DrawnSession = {
  readonly ways: ReadonlyMap<string, DrawnWay>;
  readonly agents: ReadonlyMap<string, DrawnAgent>;
};

/** The newest session of a workflow, drawn on the canvas unless someone has put it away. */
export function useDrawnSession(workflow: Pick<Workflow, 'id'>): {
  readonly session: SessionDetail | null;
  readonly isDrawn: boolean;
  readonly toggle: () => void;
} {
  const id = useNewestSession(workflow.id).data?.items[0]?.id ?? null;
  const session = useOptionalSession(id).data ?? null;
  const [hiddenId, setHiddenId] = useState<string | null>(null);
  const isDrawn = session !== null && session.id !== hiddenId;
  return {
    session,
    isDrawn,
    toggle: () => setHiddenId(isDrawn ? session.id : null),
  };
}

/** What was edited since is not drawn as if it had run: a connection has to lead the same way. */
export function drawnSession(
  session: SessionDetail,
  { agents, connections }: Pick<Workflow, 'agents' | 'connections'>,
): DrawnSession {
  const known = new Map(session.connections.map((connection) => [connection.id, connection]));
  return {
    ways: new Map(
      connections.flatMap((connection) => {
        const view = known.get(connection.id);
        return view === undefined || !isSame(view, connection)
          ? []
          : [[connection.id, wayOf(session, view)] as const];
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

function wayOf({ loops }: SessionDetail, { id, state, reason }: ConnectionView): DrawnWay {
  const loop = loops.find((one) => one.id === id);
  if (loop !== undefined) {
    // Its connection was taken as soon as there was a second round, however the loop ended.
    const drawn = loop.round > 1 && state !== 'blocked' ? 'taken' : state;
    const round = `Round ${loop.round} of ${loop.mostRounds}`;
    return { state: drawn, words: loopText(loop), round };
  }
  const word = connectionStateLabels[state];
  return { state, words: reason === null ? word : `${word}: ${reason}`, round: null };
}
