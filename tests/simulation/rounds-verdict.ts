import type { Journal, StoredEvent } from '../../src/journal/types.ts';
import type { SessionState } from '../../src/session/state.ts';
import { applyEdits } from '../../src/workflow/edit/apply-edits.ts';
import { differencesOf } from '../../src/workflow/edit/differences.ts';
import { workflowEditSchema } from '../../src/workflow/edit/edit-schema.ts';
import { extentOf } from '../../src/workflow/extent.ts';
import { withInferredConnections } from '../../src/workflow/inferred-connections.ts';
import { PLANNER_ID } from '../../src/workflow/planner.ts';
import type { Workflow } from '../../src/workflow/schema.ts';
import { FOREIGN_REPOSITORY } from './enhance.ts';
import { sessionsOf } from './user-actions.ts';

/** What is wrong with the rounds of Loop & Enhance, told from the events alone. */
export function wrongRounds(journal: Pick<Journal, 'sessions'>, events: readonly StoredEvent[]) {
  const bySession = Map.groupBy(events, ({ sessionId }) => sessionId);
  return sessionsOf(journal).flatMap((state) =>
    new Rounds(state).judge(bySession.get(state.id) ?? []),
  );
}

/** Goes through the events of a session, and carries out the edits that were in force once more. */
class Rounds {
  readonly #state: SessionState;
  readonly #wrong: string[] = [];
  #round = 1;
  #copy: Workflow;
  #proposed: { readonly workflow: Workflow; readonly isApproved: boolean } | null = null;
  #needsApproval = false;
  /** The most that a workflow in force allowed until now. */
  #agreedActivations = 0;

  constructor(state: SessionState) {
    this.#state = state;
    this.#copy = state.workflow;
  }

  judge(events: readonly StoredEvent[]): readonly string[] {
    for (const { event } of events) this.#look(event);
    this.#compare(this.#state.workflow, 'The workflow of the session');
    const { enhance, phase } = this.#state;
    if (enhance !== null && phase.kind === 'ended') this.#judgeEnd(enhance.ended?.cause);
    return this.#wrong.map((sentence) => `${this.#state.workflow.name}: ${sentence}`);
  }

  #look(event: StoredEvent['event']): void {
    switch (event.type) {
      case 'SessionStarted':
        this.#bringIntoForce(event.workflow);
        return;
      case 'EditsProposed':
        this.#proposed = null;
        if (event.workflow !== undefined) this.#propose(event.edits, event.workflow);
        return;
      case 'GateAnswered':
        if (event.agentId !== PLANNER_ID || this.#proposed === null) return;
        this.#proposed = { ...this.#proposed, isApproved: event.answer === 'approve' };
        return;
      case 'WorkflowRoundOpened':
        this.#open(event.round);
        return;
      case 'LaunchIntended':
        if (!this.#isDue(event.agentId))
          this.#wrong.push(
            `${event.agentId} was launched in round ${this.#round} without being in it`,
          );
        return;
      default:
    }
  }

  #isDue(agentId: string): boolean {
    return agentId === PLANNER_ID || this.#copy.agents.some(({ id }) => id === agentId);
  }

  #propose(edits: readonly object[], workflow: Workflow): void {
    const applied = applyEdits(
      this.#copy,
      edits.map((edit) => workflowEditSchema.parse(edit)),
    );
    if (!applied.ok) {
      this.#wrong.push(`edits that do not fit were accepted: ${applied.mistakes.join(' ')}`);
      return;
    }
    const expected = withInferredConnections(applied.workflow).workflow;
    if (differencesOf(expected, workflow).length > 0)
      this.#wrong.push(`the proposal for round ${this.#round + 1} is not what its edits give`);
    this.#proposed = { workflow, isApproved: false };
    const { pauseBetweenRounds } = this.#copy.settings.loopAndEnhance;
    this.#needsApproval =
      pauseBetweenRounds ||
      isDangerous(this.#copy, workflow) ||
      extentOf(workflow).activations > this.#agreedActivations;
  }

  #bringIntoForce(workflow: Workflow): void {
    this.#copy = workflow;
    this.#agreedActivations = Math.max(this.#agreedActivations, extentOf(workflow).activations);
  }

  #open(round: number): void {
    const { maxRounds } = this.#copy.settings.loopAndEnhance;
    if (round !== this.#round + 1) this.#wrong.push(`round ${round} after round ${this.#round}`);
    if (round > maxRounds) this.#wrong.push(`round ${round} of at most ${maxRounds}`);
    const proposed = this.#proposed;
    if (proposed === null) this.#wrong.push(`round ${round} began without edits`);
    else {
      if (this.#needsApproval && !proposed.isApproved)
        this.#wrong.push(`round ${round} began with edits that nobody had approved`);
      this.#bringIntoForce(proposed.workflow);
    }
    this.#round = round;
    this.#proposed = null;
  }

  #compare(workflow: Workflow, what: string): void {
    const changes = differencesOf(this.#copy, workflow);
    if (changes.length > 0)
      this.#wrong.push(`${what} is not what the edits give: ${JSON.stringify(changes)}`);
  }

  /** Whoever ends as converged has nobody left who failed, or said that the work is wrong. */
  #judgeEnd(cause: string | undefined): void {
    const { phase } = this.#state;
    const outcome = phase.kind === 'ended' ? phase.outcome : null;
    if (cause === undefined) this.#wrong.push('it ended, and its rounds did not');
    if ((outcome === 'finished') !== (cause === 'converged'))
      this.#wrong.push(`it is ${outcome}, and its rounds ended as ${cause}`);
  }
}

function isDangerous(before: Workflow, after: Workflow): boolean {
  const isForeign = ({ url }: { readonly url: string }) => url === FOREIGN_REPOSITORY;
  const kept = new Set(after.agents.map(({ id }) => id));
  return (
    (after.settings.cloud.repos.some(isForeign) && !before.settings.cloud.repos.some(isForeign)) ||
    before.agents.every(({ id }) => !kept.has(id)) ||
    before.agents.some(({ id, role }) => role === 'tester' && !kept.has(id)) ||
    before.agents.some(
      ({ id, role, instructions }) =>
        role === 'tester' &&
        after.agents.some((one) => one.id === id && one.instructions !== instructions),
    )
  );
}
