import { GitError } from '../git/command.ts';
import type { RunRecord } from '../store/records.ts';
import { stepCompleted, stepStarted, userMessageAppended } from '../stream/stream-events.ts';
import { attemptOf } from './attempt.ts';
import { parsePromptInConversation } from './conversation-prompt.ts';
import type { ExecutionServices } from './execution-services.ts';
import { finalTextOf } from './final-text.ts';
import { performStep } from './perform/perform-step.ts';
import { planFor } from './plan.ts';
import type { RunContext } from './run-context.ts';
import { RunStreamWriter } from './run-stream-writer.ts';
import { Workspace } from './workspace.ts';

/** Executes a run from its stored progress to its end. Throws only if it was aborted, or for an internal error. */
export async function executeRun(
  services: ExecutionServices,
  run: RunRecord,
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, lifecycle } = services;
  const agent = () => {
    const record = store.agents.find(run.agentId);
    if (record === undefined) throw new Error(`No agent ${run.agentId}`);
    return record;
  };
  const parsedPrompt = parsePromptInConversation(run.prompt, earlierPrompts(services, run));
  const workspace = Workspace.of(services.home, agent());
  const progress = store.runs.progress(run.id);
  const { paceMs } = services;
  const writer = new RunStreamWriter({ lifecycle, clock, runId: run.id, paceMs, signal, progress });
  const context: RunContext = {
    run,
    agent,
    parsedPrompt,
    workspace,
    writer,
    store,
    clock,
    signal,
    artifacts: services.artifacts,
    allowRun: services.allowRun,
    variables: () => services.variables.forRun(run.agentId, run.id),
    attempt: attemptOf(agent(), parsedPrompt),
  };
  try {
    await clock.sleep(paceMs * 10, signal);
    await workspace.prepare(services.mirrors, signal);
    if (run.status === 'CREATING') lifecycle.markRunning(run.id);
    const end = await performPlan(context, progress.step);
    lifecycle.end(run.id, services.overrideEnding(run, end ?? finishedEnding(context)));
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    // Cursor's API has no field for the reason of an ERROR, so it goes to the transcript and the record's text.
    writer.writeImmediately(error.message);
    lifecycle.end(run.id, { status: 'ERROR', text: error.message });
  }
}

function earlierPrompts({ store }: ExecutionServices, run: RunRecord): readonly string[] {
  const runs = store.runs.ofAgent(run.agentId);
  const index = runs.findIndex(({ id }) => id === run.id);
  return runs.slice(0, index).map(({ prompt }) => prompt);
}

async function performPlan(context: RunContext, firstStep: number) {
  const { writer, run, clock } = context;
  const plan = planFor(context.parsedPrompt, context.agent().name, run);
  for (const [index, step] of plan.entries()) {
    if (index < firstStep) continue;
    writer.beginStep(index);
    const startedAtMs = clock.now();
    writer.emit([stepStarted(index + 1)]);
    if (index === 0) writer.emit([userMessageAppended(run.id, run.prompt)]);
    const end = await performStep(context, step);
    writer.emit([stepCompleted(index + 1, clock.now() - startedAtMs)]);
    if (end !== undefined) return end;
  }
  return undefined;
}

function finishedEnding({ store, run, agent }: RunContext) {
  const text = run.scripted?.answer ?? finalTextOf(store, run.id);
  return { status: 'FINISHED', text: text === '' ? `${agent().name} is finished.` : text } as const;
}
