import type { Journal } from '../../src/journal/types.ts';
import { questionsOf } from '../../src/session/session-flow.ts';
import type { SessionState } from '../../src/session/state.ts';
import { questionId } from '../../src/session/status/question-text.ts';
import type { Daemon } from './daemon.ts';
import type { Random } from './random.ts';

/** Someone who starts sessions and then presses every button there is. */
export class UserActions {
  /** Names of the sessions whose course a person has changed. */
  readonly meddledWith = new Set<string>();
  readonly #random: Random;
  readonly #report: (error: unknown) => void;
  readonly #answers: Random;
  #messages = 0;

  constructor(random: Random, report: (error: unknown) => void) {
    this.#random = random;
    this.#answers = random.fork('answers');
    this.#report = report;
  }

  /** Starts what has not been started; a start that a crash cut off is looked for before it is repeated. */
  start(daemon: Daemon, workflows: readonly { readonly name: string }[]): void {
    const started = new Set(sessionsOf(daemon.journal).map(({ workflow }) => workflow.name));
    for (const workflow of workflows) {
      if (!started.has(workflow.name)) this.#do(daemon, () => daemon.engine.start({ workflow }));
    }
  }

  act(daemon: Daemon): void {
    const random = this.#random;
    const { engine, journal } = daemon;
    const session = random.from(sessionsOf(journal));
    const agent = random.from(session?.agents ?? []);
    if (session === undefined || agent === undefined) return;
    const { id } = session;
    const meddle = (): void => void this.meddledWith.add(session.workflow.name);
    const action = random.pick([
      () => {
        meddle();
        return engine.cancel(id, agent.id);
      },
      () => {
        if (random.chance(0.5)) return engine.reconnect(id);
        meddle();
        return engine.cancel(id);
      },
      () => {
        meddle();
        return engine.retry(id, agent.id);
      },
      () => {
        meddle();
        this.#messages += 1;
        return engine.followUp(id, agent.id, `Message ${this.#messages}`);
      },
      () => {
        meddle();
        this.#messages += 1;
        return engine.feedback(id, { text: `Feedback ${this.#messages}`, by: 'person' });
      },
      () => engine.reconnect(id),
      () => engine.refetchArtifacts(id, agent.id),
      () => engine.dismiss([id]),
      () => engine.restore([id]),
    ]);
    this.#do(daemon, action);
  }

  /** Answers what sessions ask: the same question in the same way, in every history of a seed. */
  answer(daemon: Daemon): void {
    for (const state of sessionsOf(daemon.journal))
      for (const question of questionsOf(state)) {
        const { connectionId, agentId, round } =
          question.kind === 'condition' ? question : question.gate;
        const number = question.kind === 'condition' ? 1 : question.gate.number;
        const key = [state.workflow.name, question.kind, connectionId, agentId, round, number];
        const own = this.#answers.fork(key.join('/'));
        const answer = own.pick(
          question.kind === 'condition'
            ? (['approve', 'reject'] as const)
            : (['approve', 'approve', 'approve', 'changes', 'reject'] as const),
        );
        const isEdited = question.kind === 'plan' && answer === 'approve' && own.chance(0.5);
        const given = {
          question: questionId(question),
          answer,
          note: 'As agreed.',
          plan: isEdited ? 'As the person wants it.' : null,
          by: 'person',
        };
        this.#do(daemon, () => daemon.engine.answer(state.id, given));
      }
  }

  /** What a careful person does in the end: resumes what is held, and asks after lost runs. */
  help(daemon: Daemon): void {
    for (const state of sessionsOf(daemon.journal)) {
      if (state.agents.some(({ cancel }) => cancel?.unconfirmed != null))
        this.#do(daemon, () => daemon.engine.cancel(state.id));
      this.#do(daemon, () => daemon.engine.reconnect(state.id));
    }
  }

  #do(daemon: Daemon, action: () => Promise<unknown>): void {
    void action().catch((error: unknown) => {
      if (daemon.process.isAlive) this.#report(error);
    });
  }
}

export function sessionsOf(journal: Pick<Journal, 'sessions'>): SessionState[] {
  const { rows } = journal.sessions({ limit: 100, includeDismissed: true });
  return rows.map(({ state }) => state);
}
