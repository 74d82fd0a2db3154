import type { Performance, StepEnd } from '../performance.ts';
import type { Step } from '../steps.ts';
import { runCommand } from './commands.ts';
import { conclude, leaveReport, writeNote, writeOutputs } from './conclude.ts';
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
import { outsideStep } from './outside.ts';
import { publish } from './publish.ts';
import { grepStep, listStep } from './search.ts';

/** Carries out one step; a returned end ends the run. */
export async function performStep(
  performance: Performance,
  step: Step,
): Promise<StepEnd | undefined> {
  const { narrator } = performance;
  switch (step.kind) {
    case 'run':
      return runCommand(performance, step.command);
    case 'fail':
      return fail(performance, step.message, step.unlessAttempt);
    case 'expire':
      return { status: 'EXPIRED' };
    case 'think':
      await narrator.think(step.text);
      break;
    case 'say':
      await narrator.say(step.text);
      break;
    case 'chatter':
      await narrator.chatter(step.count);
      break;
    case 'wait':
      await narrator.wait(step.durationMs);
      break;
    case 'tool':
      await narrator.untypedTool(step.name, step.args, async () => ({ ok: true, value: {} }));
      break;
    default:
      await performWork(performance, step);
  }
  return undefined;
}

type Work = Exclude<
  Step,
  { kind: 'run' | 'fail' | 'expire' | 'think' | 'say' | 'chatter' | 'wait' | 'tool' }
>;

async function performWork(performance: Performance, step: Work): Promise<void> {
  switch (step.kind) {
    case 'write':
      return writeFileStep(performance, step.path, step.text);
    case 'append':
      return appendFileStep(performance, step.path, step.text);
    case 'edit':
      return editFileStep(performance, step.path, step.before, step.after);
    case 'delete':
      return deleteFileStep(performance, step.path);
    case 'ls':
      return listStep(performance, step.path);
    case 'grep':
      return grepStep(performance, step.pattern, step.path);
    case 'mcp':
    case 'subagent':
    case 'ask':
    case 'todo':
      return outsideStep(performance, step);
    case 'outputs':
      return writeOutputs(performance);
    case 'read':
      await readFileStep(performance, step.path);
      return;
    case 'glob':
      await globStep(performance, step.pattern);
      return;
    case 'artifact':
      return putArtifact(performance, step.name, step.text);
    case 'large-artifact':
      performance.artifacts.putGenerated(performance.run.agentId, step.name, step.sizeBytes);
      return;
    case 'merge':
      return mergeBranch(performance, step.branch);
    case 'explore':
      return explore(performance);
    case 'note':
      return writeNote(performance);
    case 'report':
      return leaveReport(performance);
    case 'publish':
      return publish(performance);
    case 'conclude':
      return conclude(performance);
    default:
      return step satisfies never;
  }
}

async function fail(
  { narrator, attempt }: Performance,
  message: string | undefined,
  unlessAttempt: number | undefined,
): Promise<StepEnd | undefined> {
  if (unlessAttempt !== undefined && attempt >= unlessAttempt) return undefined;
  if (message !== undefined) await narrator.say(message);
  return { status: 'ERROR', ...(message === undefined ? {} : { text: message }) };
}
