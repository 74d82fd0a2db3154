import type { Step } from '../agent/steps.ts';
import { machineArtifacts } from '../agent/workspace-path.ts';
import { conclude, explore, merge, writeNote, writeOutputs } from './composite-steps.ts';
import { callFileTool, changeFile } from './files.ts';
import type { PartGenerator } from './parts.ts';
import { callTool, type ModelTurnContext, sayText } from './turn-context.ts';

const maxGeneratedBytes = 8 * 1024 ** 2;

/** Yields the parts of one step of the plan. */
export function* performStep(context: ModelTurnContext, step: Step): PartGenerator {
  switch (step.kind) {
    case 'fail':
      if (step.unlessAttempt !== undefined && context.attempt >= step.unlessAttempt) return;
      yield { kind: 'failure', message: step.message ?? 'The agent failed.' };
      return;
    case 'expire':
      yield { kind: 'failure', message: 'The run has expired.' };
      return;
    case 'think':
      yield { kind: 'thinking', text: step.text };
      return;
    case 'say':
      return yield* sayText(context, step.text);
    case 'chatter':
      yield { kind: 'chatter', count: step.count };
      return;
    case 'wait':
      yield { kind: 'wait', durationMs: step.durationMs };
      return;
    default:
      return yield* performToolStep(context, step);
  }
}

type ToolStep = Exclude<Step, { kind: 'fail' | 'expire' | 'think' | 'say' | 'chatter' | 'wait' }>;

function* performToolStep(context: ModelTurnContext, step: ToolStep): PartGenerator {
  switch (step.kind) {
    case 'write':
    case 'append':
    case 'edit':
      return yield* changeFile(context, { ...step, path: folderPath(step.path) });
    case 'delete':
    case 'read':
      yield* callFileTool(context, { kind: step.kind, path: folderPath(step.path) });
      return;
    case 'ls':
      yield* callFileTool(context, { kind: 'list', path: step.path });
      return;
    case 'grep':
      yield* callFileTool(context, { kind: 'grep', pattern: step.pattern, path: step.path });
      return;
    case 'artifact':
      return yield* changeFile(context, {
        kind: 'write',
        path: `artifacts/${step.name}`,
        text: step.text,
      });
    case 'large-artifact':
      return yield* largeArtifact(context, step.name, step.sizeBytes);
    default:
      return yield* performOtherStep(context, step);
  }
}

type OtherStep = Exclude<
  ToolStep,
  {
    kind:
      | 'write'
      | 'append'
      | 'edit'
      | 'delete'
      | 'read'
      | 'ls'
      | 'grep'
      | 'artifact'
      | 'large-artifact';
  }
>;

function* performOtherStep(context: ModelTurnContext, step: OtherStep): PartGenerator {
  switch (step.kind) {
    case 'run':
      return yield* run(context, step.command);
    case 'glob':
      yield* callTool(context, step, { tool: 'glob', key: step.pattern });
      return;
    case 'mcp':
      yield* callTool(context, step, { tool: 'mcp', key: step.tool });
      return;
    case 'tool': {
      const { name, args } = step;
      yield* callTool(context, { kind: 'named', name, args }, { tool: name, key: '' });
      return;
    }
    case 'subagent': {
      const { name: agent, prompt } = step;
      yield* callTool(context, { kind: 'task', agent, prompt }, { tool: 'task', key: prompt });
      return;
    }
    case 'ask':
      yield* callTool(context, step, { tool: 'ask', key: step.question });
      return;
    case 'todo':
      yield* callTool(context, step, { tool: 'updatetodos', key: step.items.join('; ') });
      return;
    case 'merge':
      return yield* merge(context, step.branch);
    case 'explore':
      return yield* explore(context);
    case 'outputs':
      return yield* writeOutputs(context);
    case 'note':
      return yield* writeNote(context);
    case 'conclude':
      return yield* conclude(context);
    // The client commits the work of its agents, and a report would be a file in the working folder.
    case 'publish':
    case 'report':
      return;
    default:
      return step satisfies never;
  }
}

function* run(context: ModelTurnContext, command: string): PartGenerator {
  yield* callTool(context, { kind: 'run', command }, { tool: 'shell', key: command });
}

/** Maps the cloud's artifacts folder, which is outside the repository, to a folder inside it. */
function folderPath(path: string): string {
  return path.startsWith(`${machineArtifacts}/`)
    ? `artifacts/${path.slice(machineArtifacts.length + 1)}`
    : path;
}

function* largeArtifact(context: ModelTurnContext, name: string, sizeBytes: number): PartGenerator {
  if (sizeBytes > maxGeneratedBytes || !/^[\w][\w./-]*$/.test(name) || name.includes('..')) {
    const maximum = `${maxGeneratedBytes / 1024 ** 2}MB`;
    return yield* sayText(
      context,
      `I skip ${name}: on this machine, I create at most ${maximum}.\n\n`,
    );
  }
  const file = `artifacts/${name}`;
  // Created by a command: file content in a tool call would be part of every later request.
  yield* run(
    context,
    `mkdir -p artifacts && yes 'rehearsed artifact' | head -c ${sizeBytes} > ${file}`,
  );
}
