import { GitError } from '../git/command.ts';
import type { RunRecord } from '../store/records.ts';
import { stepCompleted, stepStarted, userMessageAppended } from '../stream/moments.ts';
import { readInConversation } from './approved-plan.ts';
import { attemptOf } from './attempt.ts';
import { finalTextOf } from './final-text.ts';
import { Narrator } from './narrator.ts';
import { performStep } from './perform/step.ts';
import type { Performance } from './performance.ts';
import { planFor } from './plan.ts';
import type { Stage } from './stage.ts';
import { Workspace } from './workspace.ts';

/** Carries out one run from wherever it stands to its end. Throws only when it was aborted, or for a bug. */
export async function executeRun(stage: Stage, run: RunRecord, signal: AbortSignal): Promise<void> {
  const { store, clock, lifecycle } = stage;
  const agent = () => {
    const found = store.agents.find(run.agentId);
    if (found === undefined) throw new Error(`No agent ${run.agentId}`);
    return found;
  };
  const reading = readInConversation(run.prompt, earlierPrompts(stage, run));
  const workspace = Workspace.of(stage.home, agent());
  const progress = store.runs.progress(run.id);
  const { paceMs } = stage;
  const narrator = new Narrator({ lifecycle, clock, runId: run.id, paceMs, signal, progress });
  const performance: Performance = {
    run,
    agent,
    reading,
    workspace,
    narrator,
    store,
    clock,
    signal,
    artifacts: stage.artifacts,
    allowRun: stage.allowRun,
    variables: () => stage.variables.of(run.agentId, run.id),
    attempt: attemptOf(agent(), reading),
  };
  try {
    await clock.sleep(paceMs * 10, signal);
    await workspace.prepare(stage.mirrors, signal);
    if (run.status === 'CREATING') lifecycle.markRunning(run.id);
    const end = await performPlan(performance, progress.step);
    lifecycle.end(run.id, stage.endingOf(run, end ?? finished(performance)));
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // Cursor names no reason for an ERROR; the transcript and the record's text are where a person finds it.
    narrator.sayAtOnce(error.message);
    lifecycle.end(run.id, { status: 'ERROR', text: error.message });
  }
}

function earlierPrompts({ store }: Stage, run: RunRecord): readonly string[] {
  const runs = store.runs.ofAgent(run.agentId);
  const own = runs.findIndex(({ id }) => id === run.id);
  return runs.slice(0, own).map(({ prompt }) => prompt);
}

async function performPlan(performance: Performance, firstStep: number) {
  const { narrator, run, clock } = performance;
  const plan = planFor(performance.reading, performance.agent().name, run);
  for (const [index, step] of plan.entries()) {
    if (index < firstStep) continue;
    narrator.beginStep(index);
    const startedAtMs = clock.now();
    narrator.emit([stepStarted(index + 1)]);
    if (index === 0) narrator.emit([userMessageAppended(run.id, run.prompt)]);
    const end = await performStep(performance, step);
    narrator.emit([stepCompleted(index + 1, clock.now() - startedAtMs)]);
    if (end !== undefined) return end;
  }
  return undefined;
}

function finished({ store, run, agent }: Performance) {
  const text = run.scripted?.answer ?? finalTextOf(store, run.id);
  return { status: 'FINISHED', text: text === '' ? `${agent().name} is finished.` : text } as const;
}
