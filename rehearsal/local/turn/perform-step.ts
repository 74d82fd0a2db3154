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

/** Returned by a step that fails the turn. */
export type TurnFailure = { readonly message: string };

const maxGeneratedBytes = 8 * 1024 ** 2;

/** Performs one step of the plan in the client's working folder. */
export async function performStep(
  context: TurnContext,
  step: Step,
): Promise<TurnFailure | undefined> {
  const { writer } = context;
  switch (step.kind) {
    case 'fail':
      return fail(context, step.message, step.unlessAttempt);
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
      await performToolStep(context, step);
      return undefined;
  }
}

type ToolStep = Exclude<Step, { kind: 'fail' | 'expire' | 'think' | 'say' | 'chatter' | 'wait' }>;

async function performToolStep(context: TurnContext, step: ToolStep): Promise<void> {
  switch (step.kind) {
    case 'write':
      return writeText(context, step.path, step.text);
    case 'append':
      return changeStep(
        context,
        folderPath(step.path),
        (before = '') => before + step.text,
        (before) => before?.endsWith(step.text) === true,
      );
    case 'edit':
      return changeStep(
        context,
        folderPath(step.path),
        (text) => replaceOnce(text ?? '', step.path, step.before, step.after),
        (text) => text !== undefined && !text.includes(step.before) && text.includes(step.after),
      );
    case 'artifact':
      return writeText(context, `artifacts/${step.name}`, step.text);
    case 'large-artifact':
      return largeArtifact(context, step.name, step.sizeBytes);
    case 'delete':
      return deleteStep(context, folderPath(step.path));
    case 'read':
      return readStep(context, folderPath(step.path));
    case 'run':
      return shellStep(context, step.command);
    default:
      return performOtherStep(context, step);
  }
}

type OtherStep = Exclude<
  ToolStep,
  {
    kind: 'write' | 'append' | 'edit' | 'artifact' | 'large-artifact' | 'delete' | 'read' | 'run';
  }
>;

async function performOtherStep(context: TurnContext, step: OtherStep): Promise<void> {
  switch (step.kind) {
    case 'ls':
      return listStep(context, step.path);
    case 'glob':
      await globStep(context, step.pattern);
      return;
    case 'grep':
      return grepStep(context, step.pattern, step.path);
    case 'mcp':
      return mcpStep(context, step.server, step.tool, step.args);
    case 'tool':
      return unknownToolStep(context, step.name, step.args);
    case 'subagent':
      return subagentStep(context, step.name, step.prompt);
    case 'ask':
      return askStep(context, step.question);
    case 'todo':
      return todoStep(context, step.items);
    case 'merge':
      return mergeBranch(context, step.branch);
    case 'explore':
      return explore(context);
    case 'outputs':
      return writeOutputs(context);
    case 'note':
      return writeNote(context);
    case 'conclude':
      return conclude(context);
    // The client commits the work of its agents, and a report would be a file in the working folder.
    case 'publish':
    case 'report':
      return;
    default:
      return step satisfies never;
  }
}

async function writeText(context: TurnContext, path: string, text: string): Promise<void> {
  await changeStep(
    context,
    folderPath(path),
    () => text,
    (before) => before === text,
  );
}

/** Maps the cloud's artifacts folder, which is outside the repository, to a folder inside it. */
function folderPath(path: string): string {
  return path.startsWith(`${machineArtifacts}/`)
    ? `artifacts/${path.slice(machineArtifacts.length + 1)}`
    : path;
}

async function largeArtifact(context: TurnContext, name: string, sizeBytes: number): Promise<void> {
  if (sizeBytes > maxGeneratedBytes) {
    const maximum = `${maxGeneratedBytes / 1024 ** 2}MB`;
    await context.writer.writeText(
      `I skip ${name}: on this machine, I create at most ${maximum}.\n\n`,
    );
    return;
  }
  const line = 'rehearsed artifact\n';
  await writeText(
    context,
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
