import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalFailure } from '../../src/journal/disk-trouble.ts';
import { questionsOf } from '../../src/session/session-flow.ts';
import { requiresAction } from '../../src/session/status/session-status.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { Daemon } from './daemon.ts';
import { FaultProfile } from './fault-profile.ts';
import { Machine } from './machine.ts';
import { Random } from './random.ts';
import { reachedIn } from './reached.ts';
import { Scheduler } from './scheduler.ts';
import { SimulatedCursor } from './truth.ts';
import { sessionsOf, UserActions } from './user-actions.ts';
import { comparable, verdict } from './verdict.ts';
import { Watch } from './watch.ts';
import { randomWorkflow } from './workflows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const LOOK_EVERY_STEPS = 50;

type History = {
  readonly violations: readonly string[];
  /** What came by, for instance how rounds ended. */
  readonly reached: readonly string[];
  /** By workflow name; what a person or bad luck changed is left out. */
  readonly results: ReadonlyMap<string, ReturnType<typeof comparable>>;
};

/** One seed's world: a machine with a daemon, a network, Cursor, and a person. */
class World {
  readonly #random: Random;
  readonly #scheduler = new Scheduler();
  readonly #machine = new Machine(this.#scheduler);
  readonly #cursor: SimulatedCursor;
  readonly #faultProfile: FaultProfile;
  readonly #userActions: UserActions;
  readonly #watch: Watch;
  readonly #home = mkdtempSync(join(tmpdir(), 'cerevisor-simulation-'));
  readonly #workflows: readonly { readonly name: string }[];
  readonly #maxLive: number;
  #daemon: Daemon;
  #lives = 0;

  constructor(seed: string, isCalm: boolean) {
    const random = new Random(seed);
    this.#random = random.fork('world');
    const now = () => this.#scheduler.now;
    this.#cursor = new SimulatedCursor(random.fork('cursor'), now, isCalm ? 'plain' : 'mixed');
    this.#faultProfile = new FaultProfile(random.fork('faultProfile'), now, isCalm);
    this.#maxLive = random.fork('limit').between(1, 6);
    this.#watch = new Watch(this.#maxLive);
    this.#userActions = new UserActions(random.fork('user-actions'), this.#reportBug);
    this.#workflows = Array.from({ length: random.fork('number').between(1, 4) }, (_, index) =>
      randomWorkflow(random.fork(`workflow ${index}`), `w${index}`),
    );
    this.#daemon = this.#startDaemon();
  }

  /** Trouble for an hour or two, then calm until nothing is left to do. */
  async live(isTroubled: boolean): Promise<History> {
    try {
      this.#userActions.start(this.#daemon, this.#workflows);
      if (isTroubled) await this.#liveThroughTrouble();
      this.#becomeCalm();
      await this.#goOn(12 * HOUR, () => this.#isAtRest);
      this.#userActions.help(this.#daemon);
      await this.#goOn(MINUTE, () => false);
      await this.#goOn(12 * HOUR, () => this.#isAtRest);
      await this.#goOn(25 * MINUTE, () => false);
      return this.#history();
    } finally {
      this.#daemon.crash();
      removeFolder(this.#home);
    }
  }

  async #liveThroughTrouble(): Promise<void> {
    const random = this.#random;
    const end = this.#scheduler.now + random.between(10 * MINUTE, 3 * HOUR);
    const eventfulness = random.pick([2 * MINUTE, 10 * MINUTE, 40 * MINUTE]);
    while (this.#scheduler.now < end) {
      const until = this.#scheduler.now + random.below(eventfulness);
      await this.#goOn(until - this.#scheduler.now, () => false);
      this.#disturb();
    }
  }

  #disturb(): void {
    const random = this.#random;
    random.pick([
      () => this.#userActions.act(this.#daemon),
      () => this.#userActions.act(this.#daemon),
      () => this.#userActions.act(this.#daemon),
      () => this.#userActions.start(this.#daemon, this.#workflows),
      () => this.#userActions.answer(this.#daemon),
      () => this.#daemon.crash(),
      () => this.#daemon.crashAfter(random.between(1, 20)),
      () =>
        this.#machine.sleep(random.pick([MINUTE, 2 * HOUR, random.chance(0.1) ? 30 * HOUR : HOUR])),
      () => this.#machine.setClock(random.pick([-HOUR, -MINUTE, MINUTE])),
      () => this.#refuseWrites(random.below(5 * MINUTE)),
    ])();
  }

  #refuseWrites(milliseconds: number): void {
    const daemon = this.#daemon;
    if (!daemon.process.isAlive) return;
    daemon.refuseWrites(true);
    daemon.process.after(milliseconds, () => daemon.refuseWrites(false));
  }

  /** A last crash frees what still hangs; from that point on everything works. */
  #becomeCalm(): void {
    this.#faultProfile.isCalm = true;
    this.#cursor.fortune = 'plain';
    this.#daemon.crash();
    this.#revive();
    this.#userActions.start(this.#daemon, this.#workflows);
  }

  async #goOn(milliseconds: number, isEnough: () => boolean): Promise<void> {
    let isDue = false;
    const forget = this.#scheduler.after(milliseconds, 'world', () => {
      isDue = true;
    });
    for (let steps = 1; !isDue; steps += 1) {
      await this.#scheduler.step();
      this.#revive();
      if (steps % LOOK_EVERY_STEPS !== 0) continue;
      // In calm times nobody has to wait for an answer.
      if (this.#faultProfile.isCalm) this.#userActions.answer(this.#daemon);
      if (isEnough()) break;
    }
    forget();
  }

  #revive(): void {
    if (this.#daemon.process.isAlive) return;
    // Gone for a while, sometimes for more than a day: the world does not wait.
    if (!this.#faultProfile.isCalm)
      this.#machine.sleep(
        this.#random.pick([0, 5_000, MINUTE, this.#random.chance(0.1) ? 26 * HOUR : HOUR]),
      );
    this.#daemon = this.#startDaemon();
  }

  #startDaemon(): Daemon {
    this.#lives += 1;
    const { onCommitted, onOrder, onLive } = this.#watch;
    this.#watch.onDeath();
    const daemon = new Daemon({
      home: this.#home,
      machine: this.#machine,
      random: this.#random.fork(`life ${this.#lives}`),
      network: { cursor: this.#cursor, faultProfile: this.#faultProfile, onOrder, onLive },
      maxLive: this.#maxLive,
      resumeOnLaunch: this.#random.chance(0.8) ? 'automatically' : 'ask',
      onCommitted,
      onError: this.#reportBug,
    });
    this.#watch.journal = daemon.journal;
    daemon.engine.bootstrapCloudResume().catch((error: unknown) => {
      if (daemon.process.isAlive) this.#watch.blame(`Starting failed: ${error}`);
    });
    return daemon;
  }

  readonly #reportBug = (error: unknown): void => {
    if (error instanceof JournalFailure) return;
    this.#watch.blame(`Bug: ${error instanceof Error ? error.stack : error}`);
  };

  get #isAtRest(): boolean {
    return (
      sessionsOf(this.#daemon.journal).length === this.#workflows.length &&
      sessionsOf(this.#daemon.journal).every(
        (state) =>
          state.phase.kind === 'ended' ||
          (requiresAction(state) !== null && questionsOf(state).length === 0),
      )
    );
  }

  #history(): History {
    const { journal } = this.#daemon;
    journal.flush();
    const evidence = { journal, cursor: this.#cursor, shown: this.#watch.shown };
    const results = sessionsOf(journal)
      .filter(
        ({ workflow: { name, settings } }) =>
          !this.#cursor.harmed.has(name) &&
          !this.#userActions.meddledWith.has(name) &&
          // In trouble it may stay unknown what was used.
          settings.loopAndEnhance.budgetTokens === undefined,
      )
      .map((state) => [state.workflow.name, comparable(journal, state)] as const);
    return {
      violations: [...this.#watch.violations, ...verdict(evidence)],
      reached: reachedIn(this.#watch.shown),
      results: new Map(results),
    };
  }
}

/** Lives through a seed with all its trouble, and again without any: what nothing kept apart must be the same. */
export async function simulate(seed: string): Promise<Pick<History, 'violations' | 'reached'>> {
  const troubled = await new World(seed, false).live(true);
  const calm = await new World(seed, true).live(false);
  const differences = [...troubled.results].flatMap(([name, result]) => {
    const [found, expected] = [JSON.stringify(result), JSON.stringify(calm.results.get(name))];
    return found === expected ? [] : [`${name} came to ${found} and not to ${expected}`];
  });
  const inCalm = calm.violations.map((one) => `Calm: ${one}`);
  return {
    violations: [...troubled.violations, ...inCalm, ...differences],
    reached: [...troubled.reached, ...calm.reached],
  };
}
