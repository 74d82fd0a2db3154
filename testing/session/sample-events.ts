import type { Failure, LifecycleEvent, SessionEventOf } from '../../src/session/events.ts';
import { evolve } from '../../src/session/evolve.ts';
import type { FollowUpId, SessionId, ThreadId, TurnId } from '../../src/session/ids.ts';
import type { AgentState, SessionState } from '../../src/session/state.ts';
import { agentId } from '../../src/workflow/ids.ts';
import type { Workflow } from '../../src/workflow/schema.ts';
import { sampleWorkflow } from '../sample-workflow.ts';

// Brands exist only in types, and these ids are used only in tests.
export const sessionId = 's_00000000000000000000000000000001' as SessionId;
export const threadId = (text: string): ThreadId => text as ThreadId;
export const runId = (text: string): TurnId => text as TurnId;
export const followUpId = (text: string): FollowUpId => text as FollowUpId;

export const failure = (code: string): Failure => ({ code, message: `It was ${code}.` });

/** Time of the first event of every sample history, in milliseconds since the epoch. */
export const START = 1_000_000;

export function sessionStarted(
  workflow: Workflow = sampleWorkflow(),
  limits: Partial<Pick<SessionState, 'maxConcurrentAgents' | 'maxAttempts'>> = {},
): SessionEventOf<'SessionStarted'> {
  return {
    type: 'SessionStarted',
    workflow,
    mode: 'cloud',
    backend: { kind: 'rehearsal', url: 'http://127.0.0.1:4000' },
    repositories: [{ url: 'https://github.com/acme/shop' }],
    autoCreatePr: false,
    maxConcurrentAgents: limits.maxConcurrentAgents ?? 8,
    maxAttempts: limits.maxAttempts ?? 1,
  };
}

export function launchIntended(agent: string, attempt = 1): LifecycleEvent {
  return {
    type: 'LaunchIntended',
    round: 1,
    runtime: 'cursor-cloud',
    account: null,
    agentId: agentId(agent),
    attempt,
    threadId: threadId(`bc-${agent}-${attempt}`),
    requestHash: 'hash',
    prompt: 'Do the work.',
    repositories: [{ url: 'https://github.com/acme/shop' }],
    autoCreatePr: false,
  };
}

export function launched(agent: string, attempt = 1): LifecycleEvent {
  return {
    type: 'Launched',
    round: 1,
    agentId: agentId(agent),
    attempt,
    threadId: threadId(`bc-${agent}-${attempt}`),
    turnId: runId(`run-${agent}-${attempt}`),
    adopted: false,
  };
}

type Ending = Partial<Omit<SessionEventOf<'RunEnded'>, 'type' | 'agentId' | 'attempt'>> & {
  readonly attempt?: number;
};

export function runEnded(agent: string, ending: Ending = {}): SessionEventOf<'RunEnded'> {
  const { attempt = 1, outcome = 'finished' } = ending;
  return {
    type: 'RunEnded',
    agentId: agentId(agent),
    attempt,
    turnId: runId(`run-${agent}-${attempt}`),
    outcome,
    branches: [],
    source: outcome === 'silent' ? 'none' : 'stream',
    whileAway: false,
    ...ending,
  };
}

type Observation = Partial<Omit<SessionEventOf<'RunObserved'>, 'type' | 'agentId' | 'attempt'>> & {
  readonly attempt?: number;
};

export function runObserved(
  agent: string,
  observation: Observation = {},
): SessionEventOf<'RunObserved'> {
  const { attempt = 1 } = observation;
  return {
    type: 'RunObserved',
    agentId: agentId(agent),
    attempt,
    turnId: runId(`run-${agent}-${attempt}`),
    status: 'RUNNING',
    branches: [],
    source: 'record',
    ...observation,
  };
}

export function streamEnded(agent: string, turn = `run-${agent}-1`, attempt = 1): LifecycleEvent {
  return {
    type: 'StreamEnded',
    agentId: agentId(agent),
    attempt,
    turnId: runId(turn),
    complete: true,
  };
}

export function settled(
  agent: string,
  outcome: SessionEventOf<'AgentSettled'>['outcome'],
  attempt: number | null = 1,
): LifecycleEvent {
  return {
    type: 'AgentSettled',
    round: 1,
    agentId: agentId(agent),
    ...(attempt === null ? {} : { attempt }),
    outcome,
    ...(outcome === 'completed' ? {} : { cause: failure(outcome) }),
  };
}

export function message(agent: string, id = 'f_1', attempt = 1): LifecycleEvent {
  return {
    type: 'FollowUpIntended',
    round: 1,
    agentId: agentId(agent),
    attempt,
    followUpId: followUpId(id),
    purpose: 'message',
    prompt: 'One more thing.',
  };
}

export function followUpSent(agent: string, turn: string, id = 'f_1', attempt = 1): LifecycleEvent {
  return {
    type: 'FollowUpSent',
    agentId: agentId(agent),
    attempt,
    followUpId: followUpId(id),
    turnId: runId(turn),
  };
}

export const retry = (agent: string): LifecycleEvent => ({
  type: 'RetryRequested',
  round: 1,
  agentId: agentId(agent),
});

export const cancel = (agent?: string): LifecycleEvent => ({
  type: 'CancelRequested',
  ...(agent === undefined ? {} : { agentId: agentId(agent) }),
});

export const noArtifacts = (agent: string): LifecycleEvent => ({
  type: 'ArtifactsReported',
  agentId: agentId(agent),
  attempt: 1,
  state: 'none',
  artifacts: [],
});

/** All events of an agent without downstream agents, from its launch to its end. */
export const completeLifecycle = (agent: string): LifecycleEvent[] => [
  launchIntended(agent),
  launched(agent),
  runEnded(agent),
  streamEnded(agent),
  settled(agent, 'completed'),
  noArtifacts(agent),
];

/** All events of a failed agent. */
export const failedLifecycle = (agent: string): LifecycleEvent[] => [
  launchIntended(agent),
  launched(agent),
  runEnded(agent, { outcome: 'error' }),
  streamEnded(agent),
  settled(agent, 'failed'),
];

/** The state after these events, one second apart. */
export function stateAfter(
  start: SessionEventOf<'SessionStarted'>,
  ...events: readonly LifecycleEvent[]
): SessionState {
  let state: SessionState | undefined;
  for (const [index, event] of [start, ...events].entries())
    state = evolve(state, event, { at: START + index * 1_000, sessionId });
  if (state === undefined) throw new Error('A session begins with SessionStarted');
  return state;
}

/** The state of an agent that must exist. */
export function agentIn(state: SessionState, id: string): AgentState {
  const agent = state.agents.find((one) => one.id === id);
  if (agent === undefined) throw new Error(`No agent ${id}`);
  return agent;
}
