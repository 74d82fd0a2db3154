import type { RunContext, StepEnd } from '../run-context.ts';
import type { Step } from '../steps.ts';
import { runCommand } from './commands.ts';
import { conclude, writeNote, writeOutputs, writeReport } from './conclude.ts';
import { explore } from './explore.ts';
import {
  appendFileStep,
  deleteFileStep,
  editFileStep,
  globStep,
  putArtifact,
  readFileStep,
  writeFileStep,
} from './files.ts';
import { mergeBranch } from './merge.ts';
import { publish } from './publish.ts';
import { grepStep, listStep } from './search.ts';
import { unavailableToolStep } from './unavailable-tools.ts';

/** Performs one step. A returned value ends the run. */
export async function performStep(context: RunContext, step: Step): Promise<StepEnd | undefined> {
  const { writer } = context;
  switch (step.kind) {
    case 'run':
      return runCommand(context, step.command);
    case 'fail':
      return fail(context, step.message, step.unlessAttempt);
    case 'expire':
      return { status: 'EXPIRED' };
    case 'think':
      await writer.writeThinking(step.text);
      break;
    case 'say':
      await writer.writeText(step.text);
      break;
    case 'chatter':
      await writer.writeDeltas(step.count);
      break;
    case 'wait':
      await writer.wait(step.durationMs);
      break;
    case 'tool':
      await writer.runUntypedTool(step.name, step.args, async () => ({ ok: true, value: {} }));
      break;
    default:
      await performWork(context, step);
  }
  return undefined;
}

type Work = Exclude<
  Step,
  { kind: 'run' | 'fail' | 'expire' | 'think' | 'say' | 'chatter' | 'wait' | 'tool' }
>;

async function performWork(context: RunContext, step: Work): Promise<void> {
  switch (step.kind) {
    case 'write':
      return writeFileStep(context, step.path, step.text);
    case 'append':
      return appendFileStep(context, step.path, step.text);
    case 'edit':
      return editFileStep(context, step.path, step.before, step.after);
    case 'delete':
      return deleteFileStep(context, step.path);
    case 'ls':
      return listStep(context, step.path);
    case 'grep':
      return grepStep(context, step.pattern, step.path);
    case 'mcp':
    case 'subagent':
    case 'ask':
    case 'todo':
      return unavailableToolStep(context, step);
    case 'outputs':
      return writeOutputs(context);
    case 'read':
      await readFileStep(context, step.path);
      return;
    case 'glob':
      await globStep(context, step.pattern);
      return;
    case 'artifact':
      return putArtifact(context, step.name, step.text);
    case 'large-artifact':
      context.artifacts.putGenerated(context.run.agentId, step.name, step.sizeBytes);
      return;
    case 'merge':
      return mergeBranch(context, step.branch);
    case 'explore':
      return explore(context);
    case 'note':
      return writeNote(context);
    case 'report':
      return writeReport(context);
    case 'publish':
      return publish(context);
    case 'conclude':
      return conclude(context);
    default:
      return step satisfies never;
  }
}

async function fail(
  { writer, attempt }: RunContext,
  message: string | undefined,
  unlessAttempt: number | undefined,
): Promise<StepEnd | undefined> {
  if (unlessAttempt !== undefined && attempt >= unlessAttempt) return undefined;
  if (message !== undefined) await writer.writeText(message);
  return { status: 'ERROR', ...(message === undefined ? {} : { text: message }) };
}
