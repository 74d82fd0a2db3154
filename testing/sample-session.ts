import type { AgentView } from '../src/contract/agent-views.ts';
import type { EventView } from '../src/contract/event-views.ts';
import type { SessionDetail } from '../src/contract/session-views.ts';

/** Sample sessions for tests. */
export const sampleNow = Date.parse('2026-05-18T12:10:00Z');

const unknownUsage = {
  state: 'unavailable' as const,
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  totalTokens: null,
  chargedCents: null,
  reasoningTokens: null,
  costUsd: null,
  costSources: [],
  pricesOf: null,
};

export function sampleAgent(change: Partial<AgentView> & { readonly name: string }): AgentView {
  return {
    id: change.name.toLowerCase(),
    role: 'custom',
    model: null,
    modelParameters: null,
    mode: 'agent',
    kind: 'agent',
    wave: 1,
    attempt: 1,
    attemptInRound: 1,
    status: 'running',
    statusSource: 'Cursor',
    statusAt: '2026-05-18T12:09:48Z',
    statusDetail: null,
    round: 1,
    rounds: 1,
    provider: null,
    runtime: 'cursor-cloud',
    threadId: 'bc-1',
    turnId: 'run-1',
    cursorAgentId: null,
    cursorRunId: null,
    agentUrl: null,
    startedAt: '2026-05-18T12:08:00Z',
    endedAt: null,
    branches: [],
    folder: null,
    baseCommits: [],
    prUrl: null,
    artifacts: [],
    earlierArtifacts: [],
    artifactsState: 'pending',
    artifactsError: null,
    result: null,
    resultLength: null,
    error: null,
    usage: null,
    canRetry: false,
    canFollowUp: false,
    canCancel: true,
    ...change,
  };
}

export function sampleSession(change: Partial<SessionDetail> = {}): SessionDetail {
  return {
    id: 's_3f9a1c2e0000000000000000000000ff',
    workflow: { id: 'shop', name: 'Ship the checkout', path: '/home/me/shop.cerevisor' },
    mode: 'cloud',
    folder: null,
    backend: 'cursor',
    status: 'running',
    isQueued: false,
    needsYou: null,
    workflowRound: null,
    enhance: null,
    startedAt: '2026-05-18T12:05:00Z',
    endedAt: null,
    resumable: true,
    isDismissed: false,
    autoCreatePr: false,
    repositories: [{ url: 'https://github.com/acme/shop' }],
    waveCount: 1,
    lastSeq: 1,
    agents: [],
    input: null,
    costUsd: 0,
    costNote: 'billed by your Cursor subscription',
    usage: unknownUsage,
    connections: [],
    loops: [],
    rounds: [],
    plans: [],
    questions: [],
    requests: [],
    budget: null,
    handoffs: [],
    prompts: [],
    artifactsDirectory: '/home/me/.cerevisor/cloud-artifacts/3f9a1c2e',
    ...change,
  };
}

type SampleEnhance = NonNullable<SessionDetail['enhance']>;

/** Loop & Enhance in the first of three rounds, without failures. */
export function sampleEnhance(change: Partial<SampleEnhance>): SampleEnhance {
  return {
    round: 1,
    mostRounds: 3,
    state: 'at-work',
    cause: null,
    reason: null,
    rounds: [sampleWorkflowRound({})],
    feedback: [],
    proposal: null,
    spent: { tokens: 1_200, usd: null, unknownTurns: 0 },
    budgetTokens: null,
    budgetUsd: 5,
    canGiveFeedback: false,
    isEdited: false,
    ...change,
  };
}

type SampleWorkflowRound = SampleEnhance['rounds'][number];

/** `failures`: what was not good, by name of the agent. */
export function sampleWorkflowRound({
  failures,
  ...change
}: Partial<SampleWorkflowRound> & {
  readonly failures?: Readonly<Record<string, string>>;
}): SampleWorkflowRound {
  const openedAt = '2026-05-18T12:05:00Z';
  const reported = Object.entries(failures ?? {}).map(([name, message]) => {
    return { agentId: name.toLowerCase(), name, reason: 'verdict' as const, message };
  });
  const report = { at: '2026-05-18T12:09:00Z', failures: reported, feedback: [] };
  return {
    number: 1,
    openedAt,
    summary: null,
    changes: [],
    report: failures === undefined ? null : report,
    ...change,
  };
}

type SampleConnection = SessionDetail['connections'][number];

export function sampleConnection(
  fields: Pick<SampleConnection, 'id' | 'source' | 'target'> & Partial<SampleConnection>,
): SampleConnection {
  return {
    flowType: 'always',
    label: null,
    state: 'pending',
    reason: null,
    decision: null,
    approval: null,
    ...fields,
  };
}

type SampleRound = SessionDetail['rounds'][number];

/** The first of three rounds of an agent in a loop. */
export function sampleRound(
  fields: Pick<SampleRound, 'agentId'> & Partial<SampleRound>,
): SampleRound {
  return {
    number: 1,
    workflowRound: 1,
    round: 1,
    rounds: 3,
    attempt: 1,
    attempts: 1,
    status: 'completed',
    startedAt: '2026-05-18T12:00:00Z',
    endedAt: '2026-05-18T12:01:02Z',
    firstSeq: null,
    cause: null,
    freshThread: null,
    ...fields,
  };
}

/** A session with three waves: one completed, one running in several states, one waiting. */
export const busySession = (): SessionDetail =>
  sampleSession({
    waveCount: 3,
    connections: [
      sampleConnection({ id: 'c1', source: 'planner', target: 'backend', state: 'taken' }),
      sampleConnection({ id: 'c2', source: 'backend', target: 'reviewer' }),
      sampleConnection({ id: 'c3', source: 'frontend', target: 'reviewer' }),
    ],
    agents: [
      sampleAgent({
        name: 'Planner',
        status: 'completed',
        startedAt: '2026-05-18T12:05:00Z',
        endedAt: '2026-05-18T12:06:02Z',
        branches: [{ repoUrl: 'https://github.com/acme/shop', branch: 'cursor/plan-1a2b' }],
        result: 'The plan\nin detail',
        artifactsState: 'none',
      }),
      sampleAgent({ name: 'Backend', wave: 2 }),
      sampleAgent({
        name: 'Frontend',
        wave: 2,
        status: 'reconnecting',
        statusDetail: 'The stream broke',
      }),
      sampleAgent({
        name: 'Reviewer',
        wave: 3,
        attempt: 0,
        status: 'waiting',
        startedAt: null,
      }),
    ],
  });

let seq = 0;

export function sampleEvent(
  type: string,
  fields: Readonly<Record<string, unknown>> = {},
): EventView {
  seq += 1;
  return {
    seq,
    position: seq,
    at: '2026-05-18T12:09:00Z',
    sessionId: 's_3f9a1c2e0000000000000000000000ff',
    agentId: 'backend',
    type,
    ...fields,
  };
}

/** A transcript item of an agent. */
export const item = (kind: string, data: object, agentId = 'backend'): EventView =>
  sampleEvent('TranscriptItem', { item: { kind, ...data }, agentId });

/** A frame in the form of the first version of the journal. */
export const frame = (event: string, data: unknown, agentId = 'backend'): EventView =>
  sampleEvent('StreamEvent', { event, data, agentId });
