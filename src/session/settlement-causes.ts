import type { Failure, SessionEventOf } from './events.ts';
import type { Block } from './flow/facts.ts';
import type { RunLocation } from './run-location.ts';
import { agentName } from './select.ts';
import type { SessionState, SettlementCause } from './state.ts';

/** Why an agent was skipped or failed, as the user reads it. */

export const notTaken: SettlementCause = {
  code: 'not_taken',
  message: 'Not started, because no connection to it was taken.',
};

export function skipCause(state: SessionState, block: Block): SettlementCause {
  const { kind, agentId, connectionId, note } = block;
  const name = agentName(state, agentId);
  if (kind === 'rejected') {
    return {
      code: 'gate_rejected',
      message: `Not started, because the work of "${name}" was rejected${note === null ? '.' : `: ${note}`}`,
      suggestion: 'Run the workflow again when it is improved, or ask for changes next time.',
      upstreamAgentId: agentId,
      ...(connectionId === null ? {} : { connectionId }),
      ...(note === null ? {} : { note }),
    };
  }
  return {
    code: 'upstream_not_completed',
    message: `Not started, because "${name}" was ${kind === 'failed' ? 'not successful' : 'cancelled'}.`,
    suggestion: `Retry "${name}"; this agent then starts automatically.`,
    upstreamAgentId: agentId,
  };
}

export function planRejected(note: string | null): SettlementCause {
  return {
    code: 'plan_rejected',
    message: `Its plan was rejected${note === null ? '.' : `: ${note}`}`,
    suggestion: 'Retry the agent to get another plan.',
    ...(note === null ? {} : { note }),
  };
}

/** The record of the turn contradicts the end that its stream announced, and that the agent was settled on. */
export const contradictedEnd: Failure = {
  code: 'end_contradicted',
  message: 'The stream said that the run had finished, but the record says otherwise.',
  suggestion:
    "Open the agent's page to see what it did. Agents that have started continue; retry this one to start the others.",
};

/** `contradictedEnd`, with the status and the reason that the record reports. */
export function contradictedEndOf({ status, failure }: SessionEventOf<'EndChecked'>): Failure {
  const reason = failure === undefined ? '' : ` (${failure.message})`;
  const message = `The stream said that the run had finished, but the record now says ${status}${reason}.`;
  return { ...contradictedEnd, message };
}

/** The failure of an interrupted turn that is not resumed. */
export function interruption(reason: Failure | null): Failure {
  const why = reason === null ? '' : ` ${reason.message}`;
  return {
    code: 'interrupted',
    message: `The work was interrupted and could not be resumed.${why}`,
    suggestion: 'Retry the agent; its committed work stays on its branch.',
  };
}

/** The run was cancelled, but not by the user in Cerevisor. */
export const cancelledElsewhere: Readonly<Record<RunLocation, Failure>> = {
  cloud: {
    code: 'cancelled_on_cursor',
    message: 'The run was cancelled on Cursor, not by Cerevisor.',
  },
  'this-machine': {
    code: 'local_agents_stopped',
    message: 'The agent was stopped together with all other agents on this machine.',
    suggestion: 'Retry the agent; its committed work stays on its branch.',
  },
};

/** The failure of a run whose runtime gives no reason. */
export const unexplainedFailure: Readonly<Record<RunLocation, Failure>> = {
  cloud: {
    code: 'run_failed',
    message: 'The run failed. Cursor gave no reason.',
    suggestion: "Open the agent's page on Cursor to see its conversation.",
  },
  'this-machine': {
    code: 'run_failed',
    message: 'The agent failed and gave no reason.',
    suggestion: 'Read its transcript, then retry the agent.',
  },
};
