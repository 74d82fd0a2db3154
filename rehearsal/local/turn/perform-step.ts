import { replaceOnce } from '../../agent/perform/files.ts';
import type { Step } from '../../agent/steps.ts';
import { machineArtifacts } from '../../agent/workspace-path.ts';
import { askStep } from '../tools/ask.ts';
import { changeStep, deleteStep, readStep } from '../tools/files.ts';
import { mcpStep, unknownToolStep } from '../tools/mcp.ts';
import { globStep, grepStep, listStep } from '../tools/search.ts';
import { shellStep } from '../tools/shell.ts';
import { subagentStep } from '../tools/task.ts';
import { todoStep } from '../tools/todo.ts';
import { conclude, explore, mergeBranch, writeNote, writeOutputs } from './composite-steps.ts';
import type { TurnContext } from './turn-context.ts';

/** A step that ends the turn as failed says why; every other one returns nothing. */
export type TurnFailure = { readonly message: string };

const maxGeneratedBytes = 8 * 1024 ** 2;

/** Carries out one step of the plan in the client's working folder. */
export async function performStep(
  stage: TurnContext,
  step: Step,
): Promise<TurnFailure | undefined> {
  const { writer } = stage;
  switch (step.kind) {
    case 'fail':
      return fail(stage, step.message, step.unlessAttempt);
    case 'expire':
      return { message: 'The run has expired.' };
    case 'think':
      await writer.writeThinking(step.text);
      return undefined;
    case 'say':
      await writer.writeText(step.text);
      return undefined;
    case 'chatter':
      await writer.writeDeltas(step.count);
      return undefined;
    case 'wait':
      await writer.wait(step.durationMs);
      return undefined;
    default:
      await work(stage, step);
      return undefined;
  }
}

type Work = Exclude<Step, { kind: 'fail' | 'expire' | 'think' | 'say' | 'chatter' | 'wait' }>;

async function work(stage: TurnContext, step: Work): Promise<void> {
  switch (step.kind) {
    case 'write':
      return writeText(stage, step.path, step.text);
    case 'append':
      return changeStep(
        stage,
        folderPath(step.path),
        (before = '') => before + step.text,
        (before) => before?.endsWith(step.text) === true,
      );
    case 'edit':
      return changeStep(
        stage,
        folderPath(step.path),
        (text) => replaceOnce(text ?? '', step.path, step.before, step.after),
        (text) => text !== undefined && !text.includes(step.before) && text.includes(step.after),
      );
    case 'artifact':
      return writeText(stage, `artifacts/${step.name}`, step.text);
    case 'large-artifact':
      return largeArtifact(stage, step.name, step.sizeBytes);
    case 'delete':
      return deleteStep(stage, folderPath(step.path));
    case 'read':
      return readStep(stage, folderPath(step.path));
    case 'run':
      return shellStep(stage, step.command);
    default:
      return otherWork(stage, step);
  }
}

type OtherWork = Exclude<
  Work,
  {
    kind: 'write' | 'append' | 'edit' | 'artifact' | 'large-artifact' | 'delete' | 'read' | 'run';
  }
>;

async function otherWork(stage: TurnContext, step: OtherWork): Promise<void> {
  switch (step.kind) {
    case 'ls':
      return listStep(stage, step.path);
    case 'glob':
      await globStep(stage, step.pattern);
      return;
    case 'grep':
      return grepStep(stage, step.pattern, step.path);
    case 'mcp':
      return mcpStep(stage, step.server, step.tool, step.args);
    case 'tool':
      return unknownToolStep(stage, step.name, step.args);
    case 'subagent':
      return subagentStep(stage, step.name, step.prompt);
    case 'ask':
      return askStep(stage, step.question);
    case 'todo':
      return todoStep(stage, step.items);
    case 'merge':
      return mergeBranch(stage, step.branch);
    case 'explore':
      return explore(stage);
    case 'outputs':
      return writeOutputs(stage);
    case 'note':
      return writeNote(stage);
    case 'conclude':
      return conclude(stage);
    // Whoever runs the agent on this machine commits its work, and there is no place for reports but the folder.
    case 'publish':
    case 'report':
      return;
    default:
      return step satisfies never;
  }
}

async function writeText(stage: TurnContext, path: string, text: string): Promise<void> {
  await changeStep(
    stage,
    folderPath(path),
    () => text,
    (before) => before === text,
  );
}

/** Artifacts of the cloud have a place outside the repository; here they are in a folder of it. */
function folderPath(path: string): string {
  return path.startsWith(`${machineArtifacts}/`)
    ? `artifacts/${path.slice(machineArtifacts.length + 1)}`
    : path;
}

async function largeArtifact(stage: TurnContext, name: string, sizeBytes: number): Promise<void> {
  if (sizeBytes > maxGeneratedBytes) {
    const most = `${maxGeneratedBytes / 1024 ** 2}MB`;
    await stage.writer.writeText(`I skip ${name}: on this machine, I create at most ${most}.\n\n`);
    return;
  }
  const line = 'rehearsed artifact\n';
  await writeText(
    stage,
    `artifacts/${name}`,
    line.repeat(sizeBytes / line.length + 1).slice(0, sizeBytes),
  );
}

async function fail(
  { writer, attempt }: TurnContext,
  message: string | undefined,
  unlessAttempt: number | undefined,
): Promise<TurnFailure | undefined> {
  if (unlessAttempt !== undefined && attempt >= unlessAttempt) return undefined;
  if (message !== undefined) await writer.writeText(message);
  return { message: message ?? 'The agent failed.' };
}
