import type { Journal } from '../journal/types.ts';
import type { SessionId } from '../session/ids.ts';
import { agentName } from '../session/select.ts';
import type { AgentState, SessionState } from '../session/state.ts';
import { RequestError } from './failure.ts';

const MAX_CANDIDATES = 10;

/** The session with this id or unique prefix. @throws RequestError if there is none, or more than one */
export function findSession(journal: Journal, reference: string): SessionId {
  const found = journal.findSessions(reference, MAX_CANDIDATES);
  const [first] = found;
  if (first === undefined) {
    throw new RequestError({
      code: 'session_not_found',
      message: `There is no session "${reference}".`,
      suggestion: 'List them with `cerevisor sessions --all`.',
    });
  }
  // A complete id takes precedence over longer ids that start with it.
  const exact = found.find((id) => id === reference || id === `s_${reference}`);
  if (exact !== undefined) return exact;
  if (found.length === 1) return first;
  throw new RequestError({
    code: 'ambiguous_session',
    message: `"${reference}" matches several sessions.`,
    suggestion: 'Enter more of the id.',
    candidates: [...found],
  });
}

/** The state of a session. @throws RequestError if it cannot be read */
export function stateOf(journal: Journal, id: SessionId): SessionState {
  const state = journal.state(id);
  if (state != null) return state;
  throw new RequestError({
    code: 'session_not_found',
    message: `The session ${id} cannot be read.`,
    suggestion: '`cerevisor doctor` says what is wrong with the journal.',
  });
}

/** The agent with this id or name. Ids take precedence. @throws RequestError if there is none, or more than one */
export function findAgent(state: SessionState, reference: string): AgentState {
  const byId = state.agents.find(({ id }) => id === reference);
  if (byId !== undefined) return byId;
  const name = reference.toLowerCase();
  const named = state.agents.filter(({ id }) => agentName(state, id).toLowerCase() === name);
  const [first] = named;
  if (first !== undefined && named.length === 1) return first;
  if (first !== undefined) {
    throw new RequestError({
      code: 'ambiguous_agent',
      message: `Several agents are called "${reference}".`,
      suggestion: 'Use the id of the agent.',
      candidates: named.map(({ id }) => id),
    });
  }
  throw new RequestError({
    code: 'agent_not_found',
    message: `The session has no agent "${reference}".`,
    suggestion: `Its agents are: ${state.workflow.agents.map(({ name }) => name).join(', ')}.`,
  });
}
