import type { Journal } from '../journal/types.ts';
import type { SessionId } from '../session/ids.ts';
import { agentName } from '../session/select.ts';
import type { AgentState, SessionState } from '../session/state.ts';
import { RequestError } from './failure.ts';

const MOST_CANDIDATES = 10;

/** The session that an id, or a prefix of one, means. @throws Refusal when none or several do. */
export function findSession(journal: Journal, reference: string): SessionId {
  const found = journal.findSessions(reference, MOST_CANDIDATES);
  const [first] = found;
  if (first === undefined) {
    throw new RequestError({
      code: 'session_not_found',
      message: `There is no session "${reference}".`,
      suggestion: 'List them with `cerevisor sessions --all`.',
    });
  }
  // A whole id is meant even where it is the beginning of another one.
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

/** The folded state of a session that exists. */
export function stateOf(journal: Journal, id: SessionId): SessionState {
  // The journal keeps what the house's own projection folded; it hands it out without knowing its type.
  const state = journal.state(id);
  if (state != null) return state;
  throw new RequestError({
    code: 'session_not_found',
    message: `The session ${id} cannot be read.`,
    suggestion: '`cerevisor doctor` says what is wrong with the journal.',
  });
}

/** The agent that an id or a name means. Ids come first; a name that several have is refused. */
export function findAgent(state: SessionState, reference: string): AgentState {
  const byId = state.agents.find(({ id }) => id === reference);
  if (byId !== undefined) return byId;
  const wanted = reference.toLowerCase();
  const named = state.agents.filter(({ id }) => agentName(state, id).toLowerCase() === wanted);
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
