import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ApiError } from '../src/contract/errors.ts';
import type { QuestionView } from '../src/contract/session-views.ts';
import { agent, controlFlow, script } from './control-flow.ts';
import { type Ledger, readEvents, readLedger } from './ledger.ts';
import { DaemonProcess, startRehearsalProcess } from './processes.ts';
import { removeFolder } from './remove-folder.ts';
import { sampleRepository } from './sample-repository.ts';
import { isComplete, isEnded } from './session-end.ts';

const LONGEST_LIFE_MS = 2_500;
/** Every fourth kill hits a daemon that is still starting. */
const LONGEST_START_MS = 800;

/** A daemon that can be killed, and sessions with every kind of control flow whose questions the test answers. */
export class FlowCrashWorld {
  readonly daemon: DaemonProcess;
  readonly sessions: string[] = [];
  readonly #folder: string;
  readonly #repository: string;
  readonly #workflow: (repository: string) => unknown;
  readonly #rehearsal: { readonly url: string; readonly process: ChildProcess };

  private constructor(
    folder: string,
    rehearsal: { url: string; process: ChildProcess },
    workflow: (repository: string) => unknown,
  ) {
    this.#folder = folder;
    this.#workflow = workflow;
    this.#repository = sampleRepository(join(folder, 'shop'));
    this.#rehearsal = rehearsal;
    mkdirSync(join(folder, 'home'));
    this.daemon = new DaemonProcess(join(folder, 'home'), rehearsal.url);
  }

  static async start(
    workflow: (repository: string) => unknown = everyKind,
  ): Promise<FlowCrashWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'cerevisor-flow-crash-'));
    const flags = ['--pace', '10ms', '--no-repository-limit'];
    const rehearsal = await startRehearsalProcess(join(folder, 'rehearsal'), flags);
    const world = new FlowCrashWorld(folder, rehearsal, workflow);
    await world.daemon.start();
    return world;
  }

  async begin(): Promise<string> {
    const workflow = this.#workflow(this.#repository);
    const { sessionId } = await this.daemon.client.start({ workflow });
    this.sessions.push(sessionId);
    return sessionId;
  }

  /** Answers all open questions. The same question always gets the same answer. */
  async answer(id: string): Promise<void> {
    const { questions } = await this.daemon.client.session(id);
    for (const question of questions) await this.#answerOne(id, question);
  }

  async #answerOne(id: string, question: QuestionView): Promise<void> {
    const asksForChanges = question.kind === 'gate' && question.id.endsWith('#1');
    await this.daemon.client
      .answer(id, {
        question: question.id,
        client: 'test',
        ...(asksForChanges ? { answer: 'changes', note: 'Shorter.' } : { answer: 'approve' }),
      })
      .catch((error: unknown) => {
        // The response to the first answer was lost with the daemon, although the answer was stored.
        if (!(error instanceof ApiError) || error.code !== 'already_answered') throw error;
      });
  }

  /**
   * Kills and restarts the daemon at random times while a session runs, then waits for all sessions to end. The daemon
   * may be killed while it processes an answer, or before it gets one.
   */
  async killAtRandom(times: number, random: () => number): Promise<void> {
    let current = await this.begin();
    for (let kills = 0; kills < times; kills += 1) {
      if (await isEnded(this.daemon, current)) current = await this.begin();
      await wait(random() * LONGEST_LIFE_MS);
      if (random() < 0.7) await this.answer(current);
      await this.daemon.kill();
      if (kills % 4 === 3) await this.daemon.killWhileStarting(random() * LONGEST_START_MS);
      await this.daemon.start();
    }
    for (const id of this.sessions) await this.ended(id);
  }

  /** Answers questions until the session has ended and its artifacts are fetched. */
  async ended(id: string): Promise<void> {
    const deadline = Date.now() + 180_000;
    while (!(await isComplete(this.daemon, id))) {
      if (Date.now() > deadline) {
        const { status, agents, questions } = await this.daemon.client.session(id);
        throw new Error(`No end: ${JSON.stringify({ id, status, questions, agents }, null, 1)}`);
      }
      await this.answer(id);
      await wait(100);
    }
  }

  ledger(): Promise<Ledger> {
    return readLedger(this.#rehearsal.url);
  }

  events(id: string): ReturnType<typeof readEvents> {
    return readEvents(this.daemon.client, id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.kill();
    this.#rehearsal.process.kill('SIGKILL');
    removeFolder(this.#folder);
  }
}

/** A plan, a condition with an else, a loop over two agents, a loop of one agent, and a gate. */
const everyKind = (repository: string) => ({
  ...controlFlow(
    repository,
    [
      agent('plan', `Plan.\n\n${script('write plan.md Steps', 'decide build yes')}`, {
        planFirst: true,
      }),
      agent('nothing'),
      agent('write'),
      agent('review', `Review.\n\n${script('decide again no until round 3')}`),
      agent('polish', `Polish.\n\n${script('decide * no until round 2')}`, {
        loop: { exitCondition: 'It shines.', maxIterations: 3 },
      }),
      agent('publish'),
    ],
    [
      {
        id: 'build',
        source: 'plan',
        target: 'write',
        flowType: 'conditional',
        condition: 'There is something to build.',
      },
      {
        id: 'otherwise',
        source: 'plan',
        target: 'nothing',
        flowType: 'conditional',
        isElse: true,
      },
      { id: 'draft', source: 'write', target: 'review', handoffFormat: 'full-output' },
      {
        id: 'again',
        source: 'review',
        target: 'write',
        flowType: 'loop',
        loopCondition: 'Nothing is left to fix.',
        maxIterations: 4,
      },
      { id: 'finish', source: 'review', target: 'polish' },
      { id: 'release', source: 'polish', target: 'publish', flowType: 'approval-gate' },
    ],
  ),
  id: crypto.randomUUID(),
});
