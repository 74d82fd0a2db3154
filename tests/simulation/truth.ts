import type { Frame } from '../../src/runtimes/cursor-cloud/stream/frame.ts';
import type { ThreadRecord, TurnRecord, TurnStatus } from '../../src/runtimes/turn-records.ts';
import type { LaunchRequest } from '../../src/runtimes/turn-requests.ts';
import { isPlanner, isStubborn, proposalOf } from './enhance.ts';
import { decisionsOf } from './flow.ts';
import type { Random } from './random.ts';

/** The simulated Cursor's own truth: what it was asked for, what it did, and when. No one else writes here. */
export type TrueRun = {
  readonly id: string;
  readonly prompt: string;
  readonly startedAt: number;
  endsAt: number;
  ending: Exclude<TurnStatus, 'CREATING' | 'RUNNING' | 'INTERRUPTED'>;
  readonly result: string;
  /** It says something even where it fails. */
  readonly isTalkative: boolean;
  readonly branch: string;
  /** In order; a frame and its twin carry the same id. */
  frames: readonly (Frame & { readonly at: number })[];
  /** Without it the end is to be had from the record alone. */
  readonly hasResultFrame: boolean;
  /** For this long after the end the record still says RUNNING. */
  readonly recordLagMs: number;
};
export type TrueAgent = {
  readonly id: string;
  readonly request: LaunchRequest;
  readonly runs: TrueRun[];
  deletedAt: number;
};

/** How runs turn out. `plain`: every one finishes; otherwise some fail, vanish, or answer with a broken hand-off. */
export type Fortune = 'plain' | 'mixed';

const REPOSITORY = 'github.com/acme/shop';

export class SimulatedCursor {
  readonly agents = new Map<string, TrueAgent>();
  /** Names of sessions (workflows) to which something happened that no client could have prevented. */
  readonly harmed = new Set<string>();
  readonly #random: Random;
  readonly #now: () => number;
  fortune: Fortune;

  constructor(random: Random, now: () => number, fortune: Fortune) {
    this.#random = random;
    this.#now = now;
    this.fortune = fortune;
  }

  create(request: LaunchRequest): TrueAgent | 'conflict' {
    if (this.agents.has(request.threadId)) return 'conflict';
    const agent = { id: request.threadId, request, runs: [], deletedAt: Number.POSITIVE_INFINITY };
    this.agents.set(agent.id, agent);
    this.#begin(agent, request.prompt);
    return agent;
  }

  followUp(agentId: string, prompt: string): TrueRun | 'missing' | 'busy' {
    const agent = this.find(agentId);
    if (agent === undefined) return 'missing';
    return agent.runs.some((run) => this.isAlive(run)) ? 'busy' : this.#begin(agent, prompt);
  }

  /** A run that is told to stop ends a little later, and its stream says so. */
  cancel(agentId: string, runId: string): 'done' | 'missing' | 'ended' {
    const run = this.find(agentId)?.runs.find(({ id }) => id === runId);
    if (run === undefined) return 'missing';
    if (!this.isAlive(run)) return 'ended';
    run.endsAt = Math.min(run.endsAt, this.#now() + 1_500);
    run.ending = 'CANCELLED';
    run.frames = [...run.frames.filter(({ at }) => at < run.endsAt), ...closing(run)];
    return 'done';
  }

  /** The agent, unless it was deleted. */
  find(agentId: string): TrueAgent | undefined {
    const agent = this.agents.get(agentId);
    return agent !== undefined && this.#now() < agent.deletedAt ? agent : undefined;
  }

  isAlive(run: TrueRun): boolean {
    return this.#now() < run.endsAt;
  }

  record(agent: TrueAgent, run: TrueRun, lagMs = run.recordLagMs): TurnRecord {
    const isOver = this.#now() >= run.endsAt + lagMs;
    const branches = [{ repoUrl: REPOSITORY, branch: run.branch }];
    return {
      threadId: agent.id,
      turnId: run.id,
      status: isOver ? run.ending : 'RUNNING',
      branches: isOver ? branches : [],
      // Who fails may still have said something.
      ...(isOver && (run.ending === 'FINISHED' || run.isTalkative) ? { result: run.result } : {}),
    };
  }

  agentRecord(agent: TrueAgent): ThreadRecord {
    const newest = agent.runs.at(-1);
    const latestTurn = newest && this.record(agent, newest);
    const { id, request } = agent;
    const record = {
      threadId: id,
      name: request.name,
      metadata: request.metadata,
      archived: false,
    };
    return latestTurn === undefined ? record : { ...record, latestTurn };
  }

  /** What comes with a decision is the same whatever else was asked in between. */
  #answerTo({ request: { name, metadata }, runs }: TrueAgent, prompt: string): string {
    const prompts = [...runs.map((run) => run.prompt), prompt];
    if (isPlanner(metadata)) return proposalOf(this.#random.fork('proposals'), name, prompts);
    const decisions = decisionsOf(this.#random.fork('decisions'), name, prompts);
    return resultOf(name, runs.length > 0, false) + decisions;
  }

  #begin(agent: TrueAgent, prompt: string): TrueRun {
    const { name, metadata } = agent.request;
    const number = agent.runs.length;
    // By name and number, so that the same work turns out the same in another history of the same seed.
    const random = this.#random.fork(`${name}/${metadata.cerevisor_attempt}/${number}`);
    const startedAt = this.#now();
    const endsAt = startedAt + random.pick([3_000, 20_000, 120_000, 900_000]) + random.below(5_000);
    const luck = random.next();
    const isMixed = this.fortune === 'mixed';
    const isPlanned = isPlanner(metadata);
    const isSpoilt = !isPlanned && isMixed && luck < (number === 0 ? 0.15 : 0.4);
    // It belongs to the workflow, and is no bad luck.
    const hasToFail = !isPlanned && isStubborn([...agent.runs.map((run) => run.prompt), prompt]);
    const isUnlucky = isMixed && luck > 0.9;
    const hasResultFrame = !isMixed || random.chance(0.85);
    const run: TrueRun = {
      id: `run-${random.hex(8)}-${agent.id.slice(3)}-${number}`,
      prompt,
      startedAt,
      endsAt,
      ending: isUnlucky
        ? random.pick(['ERROR', 'EXPIRED', 'CANCELLED'])
        : hasToFail
          ? 'ERROR'
          : 'FINISHED',
      result: isSpoilt ? resultOf(name, number > 0, true) : this.#answerTo(agent, prompt),
      isTalkative: hasToFail && !isUnlucky && this.#random.fork(`${name}/words`).chance(0.5),
      branch: `cursor/${name.replaceAll(/[^a-z0-9]+/gi, '-')}`,
      frames: [],
      hasResultFrame,
      recordLagMs: isMixed && hasResultFrame && random.chance(0.2) ? random.below(600_000) : 0,
    };
    run.frames = [...work(run, random.below(12)), ...closing(run)];
    agent.runs.push(run);
    if (isMixed && random.chance(0.02)) agent.deletedAt = startedAt + random.below(1_200_000);
    if (isUnlucky || (isSpoilt && number > 0) || agent.deletedAt < Infinity) {
      this.harmed.add(name.split(':')[0] ?? name);
    }
    return run;
  }
}

/** A first answer is long and ends with its summary and its JSON; an answer to a repair is the JSON alone. */
function resultOf(name: string, isRepair: boolean, isSpoilt: boolean): string {
  const json = isSpoilt ? '{"ok": tru' : JSON.stringify({ ok: true, by: name });
  const block = `\`\`\`json\n${json}\n\`\`\``;
  return isRepair
    ? block
    : `All of the work of ${name}.\n\n${block}\n\n## Hand-off summary\n\n${name} is done.`;
}

function work(run: TrueRun, words: number): TrueRun['frames'] {
  const every = (run.endsAt - run.startedAt) / (words + 1);
  return Array.from({ length: words }, (_, index) => {
    const at = Math.round(run.startedAt + every * (index + 1));
    const frame = { id: `${at}-${index}`, at, data: JSON.stringify({ word: index }) };
    return [
      { ...frame, event: 'assistant' },
      { ...frame, event: 'interaction_update' },
    ];
  }).flat();
}

/** `result` and `done` carry the same id. */
function closing(run: TrueRun): TrueRun['frames'] {
  if (!run.hasResultFrame) return [];
  const frame = { id: `${run.endsAt}-end`, at: run.endsAt };
  const data = JSON.stringify({ status: run.ending });
  return [
    { ...frame, event: 'result', data },
    { ...frame, event: 'done', data: '{}' },
  ];
}
