import type { SessionId } from '../../src/session/ids.ts';
import type { SessionState } from '../../src/session/state.ts';
import { temporaryHome } from '../../testing/journal.ts';
import { Daemon } from './daemon.ts';
import { type Delivery, FaultProfile } from './fault-profile.ts';
import { Machine } from './machine.ts';
import { Random } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { SimulatedCursor } from './truth.ts';
import { sessionsOf } from './user-actions.ts';

export const MINUTE = 60_000;

/** No faults, but for those that a test asks for. */
class OrderedFaultProfile extends FaultProfile {
  next: ((isOrder: boolean) => Delivery | undefined) | null = null;

  override delivery(isOrder: boolean, latestMs: number): Delivery {
    return this.next?.(isOrder) ?? super.delivery(isOrder, latestMs);
  }
}

/** The simulated world without chance: one session, and only the trouble that a test makes. */
export class Scenario implements Disposable {
  readonly scheduler = new Scheduler();
  readonly machine = new Machine(this.scheduler);
  readonly cursor: SimulatedCursor;
  readonly faultProfile: OrderedFaultProfile;
  readonly errors: unknown[] = [];
  readonly #random = new Random('scenario');
  readonly #folder = temporaryHome();
  readonly #maxLive: number;
  daemon: Daemon;

  constructor(maxLive = 8) {
    this.#maxLive = maxLive;
    const now = () => this.scheduler.now;
    this.cursor = new SimulatedCursor(this.#random.fork('cursor'), now, 'plain');
    this.faultProfile = new OrderedFaultProfile(this.#random.fork('faultProfile'), now, true);
    this.daemon = this.#open();
  }

  get state(): SessionState {
    const [state] = sessionsOf(this.daemon.journal);
    if (state === undefined) throw new Error('No session was started');
    return state;
  }

  get id(): SessionId {
    return this.state.id;
  }

  async start(workflow: unknown): Promise<void> {
    await this.#until(this.daemon.engine.bootstrapCloudResume());
    await this.#until(this.daemon.engine.start({ workflow }));
  }

  /** A new life of the daemon on the same disk. `before` is done to it before it picks its sessions up. */
  restart(before: (daemon: Daemon) => void = () => undefined): void {
    this.daemon.crash();
    this.daemon = this.#open();
    before(this.daemon);
    void this.daemon.engine.bootstrapCloudResume();
  }

  async goOn(milliseconds: number): Promise<void> {
    let isOver = false;
    this.scheduler.after(milliseconds, 'world', () => {
      isOver = true;
    });
    while (!isOver) await this.scheduler.step();
  }

  [Symbol.dispose](): void {
    this.daemon.crash();
    this.#folder[Symbol.dispose]();
  }

  async #until(done: Promise<unknown>): Promise<void> {
    let isOver = false;
    void done.then(() => {
      isOver = true;
    });
    while (!isOver) await this.scheduler.step();
  }

  #open(): Daemon {
    return new Daemon({
      home: this.#folder.home,
      machine: this.machine,
      random: this.#random,
      network: {
        cursor: this.cursor,
        faultProfile: this.faultProfile,
        onOrder: () => undefined,
        onLive: () => undefined,
      },
      maxLive: this.#maxLive,
      resumeOnLaunch: 'automatically',
      onCommitted: () => undefined,
      onError: (error) => this.errors.push(error),
    });
  }
}

export const workflow = (agents: number, cloud: object = {}) => ({
  version: '1.0',
  id: 'w',
  name: 'w',
  agents: Array.from({ length: agents }, (_, index) => ({
    id: `a${index}`,
    name: `Agent ${index}`,
    instructions: 'Do the work.',
  })),
  connections: [],
  settings: {
    runMode: 'cloud',
    cloud: { repos: [{ url: 'https://github.com/acme/shop' }], ...cloud },
  },
});
