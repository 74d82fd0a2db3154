import { decide } from '../../src/session/decide.ts';
import { type Effect, effectKey } from '../../src/session/effects.ts';
import type { LifecycleEvent } from '../../src/session/events.ts';
import { evolve, type When } from '../../src/session/evolve.ts';
import { questionsOf } from '../../src/session/session-flow.ts';
import type { SessionState } from '../../src/session/state.ts';
import type { Workflow } from '../../src/workflow/schema.ts';
import fc from '../properties.ts';
import { sampleWorkflow } from '../sample-workflow.ts';
import { Choices } from './choices.ts';
import { type ResultContext, resultOf } from './effect-results.ts';
import { flowSources } from './random-flows.ts';
import { START, sessionId, sessionStarted } from './sample-events.ts';
import { answerTo, unsolicitedFact, userAction } from './user-actions.ts';

/** An event with its time, and the state that it leads to. */
export type Step = {
  readonly event: LifecycleEvent;
  readonly when: When;
  readonly state: SessionState;
};

/**
 * A random, pure environment of one session. It carries out the effects of `decide` as the engine does: one per key,
 * now or much later, and lost at a restart. Meanwhile, users act and Cursor reports unsolicited facts. The stored
 * events are a valid history.
 */
export class World {
  readonly steps: Step[] = [];
  readonly #choices: Choices;
  readonly #pendingEffects = new Map<string, Effect>();
  #at = START;
  #minted = 0;

  constructor(start: LifecycleEvent, choices: Choices) {
    this.#choices = choices;
    this.store(start);
  }

  get state(): SessionState {
    const state = this.steps.at(-1)?.state;
    if (state === undefined) throw new Error('A history begins with SessionStarted');
    return state;
  }

  store(...events: readonly LifecycleEvent[]): void {
    for (const event of events) {
      const when = { at: this.#at, sessionId };
      const state = evolve(this.steps.at(-1)?.state, event, when);
      if (state !== undefined) this.steps.push({ event, when, state });
    }
  }

  /** One step: an effect progresses, the user acts, Cursor reports an unsolicited fact, or Cerevisor restarts. */
  step(): void {
    this.#at += 1 + this.#choices.below(5_000);
    const roll = this.#choices.below(40);
    if (roll >= 37) this.#storeIfAny(userAction(this.#context));
    else if (roll >= 34) this.#storeIfAny(unsolicitedFact(this.#context));
    else if (roll === 33) this.#pendingEffects.clear();
    else this.#work();
  }

  #storeIfAny(event: LifecycleEvent | null): void {
    if (event !== null) this.store(event);
  }

  /** How fast-check prints a failing world: one line per event. */
  [fc.toStringMethod](): string {
    const lines = this.steps.map(({ event }) => {
      const { type, ...rest } = event;
      return type === 'SessionStarted' ? type : `${type} ${JSON.stringify(rest)}`;
    });
    const connections = this.state.workflow.connections.map(({ id }) => id).join(' ');
    return `${connections}\n${lines.join('\n')}\n`;
  }

  /** Returns a unique id. */
  readonly mint = (prefix: string): string => {
    this.#minted += 1;
    return `${prefix}-${this.#minted}`;
  };

  get now(): number {
    return this.#at;
  }

  get #context(): ResultContext {
    return { choices: this.#choices, state: this.state, at: this.#at, mint: this.mint };
  }

  /** Starts an effect, or stores the result of a pending one, which may no longer be requested. */
  #work(): void {
    const effect = this.#choices.from(decide(this.state));
    if (effect !== undefined && isImmediate(effect)) {
      this.#resultOf(effect);
      return;
    }
    if (effect !== undefined && !this.#pendingEffects.has(effectKey(effect)))
      this.#pendingEffects.set(effectKey(effect), effect);
    const pending = this.#choices.from([...this.#pendingEffects.values()]);
    if (pending === undefined || this.#choices.isOneIn(3)) return;
    this.#pendingEffects.delete(effectKey(pending));
    this.#resultOf(pending);
  }

  #resultOf(effect: Effect): void {
    this.store(...resultOf(effect, this.#context));
  }
}

/** The engine stores the results of these effects immediately, so they are never late. */
function isImmediate({ kind }: Effect): boolean {
  return kind === 'record' || kind === 'intend-launch' || kind === 'schedule-retry';
}

/**
 * Carries out all effects successfully and resumes held sessions until no effect is left. Throws if an effect is
 * requested again after its result, or if there is no end.
 */
export function driveToEnd(
  world: World,
  resultFor: typeof resultOf = resultOf,
  answers: Choices = new Choices([]),
): void {
  const choices = new Choices([]);
  for (let round = 0; round < 1_000; round += 1) {
    const [effect] = decide(world.state);
    const answer = effect === undefined ? answerTo(questionsOf(world.state)[0], answers) : null;
    if (answer !== null) {
      world.store(answer);
      continue;
    }
    if (effect === undefined && world.state.phase.kind !== 'held') return;
    if (effect === undefined) {
      world.store({ type: 'SessionResumed' });
      continue;
    }
    const context = { choices, state: world.state, at: world.now, mint: world.mint };
    world.store(...resultFor(effect, context));
    if (decide(world.state).some((next) => isSame(next, effect)))
      throw new Error(`Asked for again after its result: ${JSON.stringify(effect)}`);
  }
  throw new Error(`No end: ${JSON.stringify(decide(world.state))}`);
}

const isSame = (one: Effect, other: Effect): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Small acyclic workflows with the agents in any order. */
const workflows: fc.Arbitrary<Workflow> = fc.integer({ min: 1, max: 6 }).chain((size) =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: size * 2 }),
      fc.shuffledSubarray([...Array(size).keys()], { minLength: size }),
    )
    .map(([pairs, order]) =>
      sampleWorkflow({
        agents: order.map((number) => `a${number}`),
        connections: [
          ...new Set(
            pairs.filter(([from, to]) => from < to).map(([from, to]) => `a${from}->a${to}`),
          ),
        ],
      }),
    ),
);

/** Workflows with conditions, gates, plans and loops. */
const branchingWorkflows: fc.Arbitrary<Workflow> = fc
  .tuple(flowSources(), fc.array(fc.nat(5), { maxLength: 2 }))
  .map(([{ agents, connections }, planning]) =>
    sampleWorkflow({
      agents: agents.map(({ loop, ...agent }, index) => ({
        ...agent,
        name: `Agent ${agent.id}`,
        ...(loop === undefined ? {} : { loop }),
        ...(planning.includes(index) ? { planFirst: true } : {}),
      })),
      connections: connections.map((connection) => ({
        ...connection,
        ...(connection.flowType === 'conditional' && connection.isElse !== true
          ? { condition: 'It is good.' }
          : {}),
      })),
    }),
  );

/** Workflows under Loop & Enhance, with reviewing agents. */
const enhancedWorkflows: fc.Arbitrary<Workflow> = fc
  .tuple(
    fc.oneof(workflows, branchingWorkflows),
    fc.record({
      maxRounds: fc.integer({ min: 1, max: 4 }),
      strictness: fc.constantFrom('strict' as const, 'lenient' as const),
      pauseBetweenRounds: fc.boolean(),
      budgetTokens: fc.constantFrom(1_000, 1_000_000),
      threads: fc.constantFrom('same' as const, 'fresh' as const),
    }),
    fc.array(fc.nat(5), { maxLength: 2 }),
  )
  .map(([workflow, settings, judging]) => ({
    ...workflow,
    agents: workflow.agents.map((agent, index) =>
      judging.includes(index) ? { ...agent, role: 'reviewer' } : agent,
    ),
    settings: {
      ...workflow.settings,
      loopAndEnhance: { ...workflow.settings.loopAndEnhance, ...settings, enabled: true },
    },
  }));

const startsOf = (documents: fc.Arbitrary<Workflow>) =>
  fc
    .tuple(documents, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }))
    .map(([workflow, maxConcurrentAgents, maxAttempts]) =>
      sessionStarted(workflow, { maxConcurrentAgents, maxAttempts }),
    );

/** Random worlds after up to about 150 steps. */
export const worlds: fc.Arbitrary<World> = fc
  .tuple(
    startsOf(fc.oneof(workflows, branchingWorkflows, enhancedWorkflows)),
    fc.array(fc.nat(), { maxLength: 900, size: 'max' }),
  )
  .map(([start, numbers]) => runRandomly(start, numbers));

function runRandomly(start: LifecycleEvent, numbers: readonly number[]): World {
  const choices = new Choices(numbers);
  const world = new World(start, choices);
  while (!choices.isExhausted) world.step();
  return world;
}

/** Worlds that have just started. */
export const newWorlds: fc.Arbitrary<World> = startsOf(workflows).map(
  (start) => new World(start, new Choices([])),
);

/** New worlds with conditions, gates, plans and loops. */
export const freshBranchingWorlds: fc.Arbitrary<World> = startsOf(branchingWorkflows).map(
  (start) => new World(start, new Choices([])),
);

/** New worlds under Loop & Enhance. */
export const freshEnhancedWorlds: fc.Arbitrary<World> = startsOf(enhancedWorkflows).map(
  (start) => new World(start, new Choices([])),
);

/** Limits the time of each property, so that shrinking does not take minutes. */
export const bounds = { interruptAfterTimeLimit: 3_000, numRuns: 70 } as const;
