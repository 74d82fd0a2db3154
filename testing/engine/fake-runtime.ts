import { createHash } from 'node:crypto';
import type {
  ToolAnswer,
  ToolRequest,
  ToolRequestEnd,
} from '../../src/permissions/tool-request.ts';
import { cursorCloudCapabilities } from '../../src/runtimes/cursor-cloud/capabilities.ts';
import type { FollowEnd, FollowObserver, FollowRequest } from '../../src/runtimes/follow-types.ts';
import { localCapabilities } from '../../src/runtimes/local/capabilities.ts';
import type { Runtime } from '../../src/runtimes/port.ts';
import type { ProviderError, Result } from '../../src/runtimes/provider-error.ts';
import type { ThreadRecord, TurnRecord, UsageReport } from '../../src/runtimes/turn-records.ts';
import { isTerminal } from '../../src/runtimes/turn-records.ts';
import type {
  FollowUpRequest,
  LaunchOutcome,
  LaunchRequest,
} from '../../src/runtimes/turn-requests.ts';

type FakeTurn = {
  /** Requests of tool calls, pending and ended. */
  readonly requests: { readonly request: ToolRequest; end: ToolRequestEnd | null }[];
  /** Observers of the turn. */
  readonly observers: Set<FollowObserver>;
  record: TurnRecord;
  readonly prompt: string;
  readonly hasEnded: PromiseWithResolvers<void>;
};

export type FakeThread = {
  readonly request: LaunchRequest;
  readonly turns: FakeTurn[];
  isClosed: boolean;
};

const NOT_FOUND = { code: 'not_found', message: 'There is no such thread.' } as const;
const UNREACHABLE = { code: 'unreachable', message: 'Nobody answers.' } as const;
const ENDED = { code: 'request_ended', message: 'Nobody waits any more.' } as const;
const missing = { ok: false, error: NOT_FOUND } as const;
const UNAVAILABLE = { code: 'feature_unavailable', message: 'Not part of this runtime.' } as const;

/**
 * An in-memory runtime, local or cloud. Its agents do nothing by themselves: the test ends each turn. Like the runner
 * and the cloud, it keeps its threads when an engine stops, and a repeated id starts nothing twice.
 */
export class FakeRuntime implements Runtime {
  readonly id: 'cursor-local' | 'cursor-cloud';
  readonly capabilities: Runtime['capabilities'];
  readonly backend = { kind: 'cursor', url: 'https://cursor.example' } as const;
  readonly threads = new Map<string, FakeThread>();
  /** Results of the next launches, which then start no thread. */
  readonly refusals: LaunchOutcome[] = [];
  identity = 'someone';
  /** The usage of every turn; null if none is reported. */
  usageOfTurns: UsageReport | null = null;
  /** Answers to requests fail. */
  isUnreachable = false;

  constructor(id: FakeRuntime['id'], more: Partial<Runtime['capabilities']> = {}) {
    this.id = id;
    const own = id === 'cursor-cloud' ? cursorCloudCapabilities : localCapabilities[id];
    this.capabilities = { ...own, ...more };
  }

  /** Ids of the agents with an open turn, in launch order. */
  get runningAgents(): readonly string[] {
    return [...this.threads.values()]
      .filter(({ turns }) => turns.some(isOpen))
      .map(({ request }) => agentOf(request));
  }

  /** The latest thread of an agent. */
  threadOf(agent: string): FakeThread {
    const thread = [...this.threads.values()].findLast(({ request }) => agentOf(request) === agent);
    if (thread === undefined) throw new Error(`${agent} was not launched here`);
    return thread;
  }

  /** Ends the open turn of an agent. */
  end(agent: string, end: Partial<TurnRecord> = {}): void {
    endTurn(this.#openTurn(agent), { status: 'FINISHED', result: `Work of ${agent}.`, ...end });
  }

  /** Emits a tool request of an agent. `end` returns how it ended, `tell` repeats it. */
  ask(
    agent: string,
    call: Partial<ToolRequest> = {},
  ): { end(): ToolRequestEnd | null; tell(): void } {
    const turn = this.#openTurn(agent);
    const requestId = `request-${crypto.randomUUID()}`;
    const command = call.command ?? 'make';
    const shellCall = { category: 'execution', tool: 'Bash', args: { command }, command } as const;
    const request = { folder: '/worktrees/a', ...shellCall, ...call, requestId };
    const entry = { request, end: null as ToolRequestEnd | null };
    turn.requests.push(entry);
    const tell = () => {
      for (const observer of turn.observers) observer.onRequest?.(request);
    };
    tell();
    return { end: () => entry.end, tell };
  }

  /** Cancels all open turns, as `cerevisor stop --all` does. */
  endAll(): void {
    for (const { turns } of this.threads.values())
      for (const turn of turns.filter(isOpen)) endTurn(turn, { status: 'CANCELLED' });
  }

  async launch(request: LaunchRequest): Promise<LaunchOutcome> {
    const known = this.threads.get(request.threadId);
    const [first] = known?.turns ?? [];
    if (first !== undefined) return { kind: 'launched', turn: first.record, adopted: true };
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return refusal;
    const thread = { request, turns: [], isClosed: false };
    this.threads.set(request.threadId, thread);
    return this.#begin(thread, `turn-${request.threadId}`, request.prompt);
  }

  async followUp(request: FollowUpRequest): Promise<LaunchOutcome> {
    const thread = this.threads.get(request.threadId);
    if (thread === undefined) return { kind: 'rejected', error: NOT_FOUND };
    const turnId = `turn-${request.followUpId}`;
    const known = thread.turns.find(({ record }) => record.turnId === turnId);
    if (known !== undefined) return { kind: 'launched', turn: known.record, adopted: true };
    const busy: ProviderError = { code: 'busy', message: 'The thread has a turn in progress.' };
    if (thread.turns.some(isOpen)) return { kind: 'wait', error: busy };
    return this.#begin(thread, turnId, request.prompt);
  }

  async readThread(threadId: string): Promise<Result<ThreadRecord>> {
    const thread = this.threads.get(threadId);
    const latest = thread?.turns.at(-1);
    if (thread === undefined || latest === undefined) return missing;
    const { metadata } = thread.request;
    const latestTurn = latest.record;
    return { ok: true, value: { threadId, metadata, archived: thread.isClosed, latestTurn } };
  }

  async readTurn(threadId: string, turnId: string): Promise<Result<TurnRecord>> {
    const turn = this.#turn(threadId, turnId);
    return turn === undefined ? missing : { ok: true, value: turn.record };
  }

  reconnect(threadId: string, turnId: string): Promise<Result<TurnRecord>> {
    return this.readTurn(threadId, turnId);
  }

  async follow(request: FollowRequest, observer: FollowObserver): Promise<FollowEnd> {
    const { threadId, turnId, signal } = request;
    const turn = this.#turn(threadId, turnId);
    if (turn === undefined) return { kind: 'blocked', error: NOT_FOUND };
    observer.onConnection('live');
    observer.onFact({ record: turn.record, source: 'stream' });
    for (const { request, end } of turn.requests) if (end === null) observer.onRequest?.(request);
    turn.observers.add(observer);
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => aborted.resolve());
    if (signal.aborted) aborted.resolve();
    await Promise.race([turn.hasEnded.promise, aborted.promise]);
    turn.observers.delete(observer);
    if (signal.aborted) return { kind: 'aborted' };
    observer.onFact({ record: turn.record, source: 'stream' });
    return { kind: 'complete' };
  }

  async cancel(threadId: string, turnId: string): Promise<Result<void>> {
    const turn = this.#turn(threadId, turnId);
    if (turn === undefined) return missing;
    if (isOpen(turn)) endTurn(turn, { status: 'CANCELLED' });
    return { ok: true, value: undefined };
  }

  async answerRequest(
    threadId: string,
    turnId: string,
    requestId: string,
    answer: ToolAnswer,
  ): Promise<Result<void>> {
    if (this.isUnreachable) return { ok: false, error: UNREACHABLE };
    const turn = this.#turn(threadId, turnId);
    const request = turn?.requests.find(({ request }) => request.requestId === requestId);
    if (request === undefined) return missing;
    if (turn === undefined || !isOpen(turn)) return { ok: false, error: ENDED };
    request.end ??= { requestId, outcome: 'answered', answer };
    return { ok: true, value: undefined };
  }

  async closeThread(threadId: string): Promise<Result<void>> {
    const thread = this.threads.get(threadId);
    if (thread === undefined) return missing;
    thread.isClosed = true;
    return { ok: true, value: undefined };
  }

  async resumePrompt(threadId: string, turnId: string): Promise<Result<string>> {
    const turn = this.#turn(threadId, turnId);
    if (turn === undefined) return missing;
    return { ok: true, value: `Your previous turn was interrupted. The task was: ${turn.prompt}` };
  }

  async account(): ReturnType<Runtime['account']> {
    return { ok: true, value: { keyName: 'key', identity: this.identity } };
  }

  async listArtifacts(): ReturnType<Runtime['listArtifacts']> {
    return { ok: true, value: [] };
  }

  async artifactLink(): ReturnType<Runtime['artifactLink']> {
    return { ok: false, error: UNAVAILABLE };
  }

  async usage(): ReturnType<Runtime['usage']> {
    if (this.usageOfTurns !== null) return { ok: true, value: this.usageOfTurns };
    return { ok: false, error: { code: 'not_found', message: 'No usage was reported.' } };
  }

  async listOwnThreads(): ReturnType<Runtime['listOwnThreads']> {
    return { ok: true, value: [] };
  }

  async models(): ReturnType<Runtime['models']> {
    return { ok: true, value: [] };
  }

  async repositories(): ReturnType<Runtime['repositories']> {
    return { ok: true, value: { urls: [], refreshedAt: 0 } };
  }

  wake(): void {}
  async close(): Promise<void> {}

  #openTurn(agent: string): FakeTurn {
    const turns = [...this.threads.values()].flatMap(({ request, turns }) =>
      agentOf(request) === agent ? turns.filter(isOpen) : [],
    );
    const [turn] = turns;
    if (turn === undefined) throw new Error(`${agent} is not at work here`);
    return turn;
  }

  #turn(threadId: string, turnId: string): FakeTurn | undefined {
    return this.threads.get(threadId)?.turns.find(({ record }) => record.turnId === turnId);
  }

  #begin(thread: FakeThread, turnId: string, prompt: string): LaunchOutcome {
    const { request } = thread;
    const turn: FakeTurn = {
      prompt,
      requests: [],
      observers: new Set(),
      hasEnded: Promise.withResolvers(),
      record: {
        threadId: request.threadId,
        turnId,
        status: 'RUNNING',
        branches: branchesOf(request),
        ...(request.workspace === undefined ? {} : { folder: `/worktrees/${agentOf(request)}` }),
      },
    };
    thread.turns.push(turn);
    return { kind: 'launched', turn: turn.record, adopted: false };
  }
}

const agentOf = ({ metadata }: LaunchRequest): string => metadata.cerevisor_agent ?? '';
const isOpen = ({ record }: FakeTurn): boolean => !isTerminal(record.status);

function endTurn(turn: FakeTurn, end: Partial<TurnRecord>): void {
  const commit = createHash('sha1').update(turn.record.turnId).digest('hex');
  const branches = turn.record.branches.map((branch) => ({ ...branch, commit }));
  turn.record = { ...turn.record, branches, ...end };
  turn.hasEnded.resolve();
}

/** A thread works on its own branch, in the user's folder or in the first repository. */
function branchesOf(request: LaunchRequest): TurnRecord['branches'] {
  const [repository] = request.repositories;
  const prefix = request.workspace === undefined ? 'cursor' : 'cerevisor';
  const repoUrl = request.workspace?.folder ?? repository?.url;
  return repoUrl === undefined ? [] : [{ repoUrl, branch: `${prefix}/${agentOf(request)}` }];
}
