import type { Step } from '../agent/steps.ts';
import { machineArtifacts } from '../agent/workspace-path.ts';
import { conclude, explore, merge, writeNote, writeOutputs } from './composite-steps.ts';
import { callFileTool, changeFile } from './files.ts';
import type { PartGenerator } from './parts.ts';
import { callTool, type ModelTurnContext, sayText } from './turn-context.ts';

const maxGeneratedBytes = 8 * 1024 ** 2;

/** Plays one step of the plan. */
export function* performStep(stage: ModelTurnContext, step: Step): PartGenerator {
  switch (step.kind) {
    case 'fail':
      if (step.unlessAttempt !== undefined && stage.attempt >= step.unlessAttempt) return;
      yield { kind: 'failure', message: step.message ?? 'The agent failed.' };
      return;
    case 'expire':
      yield { kind: 'failure', message: 'The run has expired.' };
      return;
    case 'think':
      yield { kind: 'thinking', text: step.text };
      return;
    case 'say':
      return yield* sayText(stage, step.text);
    case 'chatter':
      yield { kind: 'chatter', count: step.count };
      return;
    case 'wait':
      yield { kind: 'wait', durationMs: step.durationMs };
      return;
    default:
      return yield* workOnFiles(stage, step);
  }
}

type ToolStep = Exclude<Step, { kind: 'fail' | 'expire' | 'think' | 'say' | 'chatter' | 'wait' }>;

function* workOnFiles(stage: ModelTurnContext, step: ToolStep): PartGenerator {
  switch (step.kind) {
    case 'write':
    case 'append':
    case 'edit':
      return yield* changeFile(stage, { ...step, path: folderPath(step.path) });
    case 'delete':
    case 'read':
      yield* callFileTool(stage, { kind: step.kind, path: folderPath(step.path) });
      return;
    case 'ls':
      yield* callFileTool(stage, { kind: 'list', path: step.path });
      return;
    case 'grep':
      yield* callFileTool(stage, { kind: 'grep', pattern: step.pattern, path: step.path });
      return;
    case 'artifact':
      return yield* changeFile(stage, {
        kind: 'write',
        path: `artifacts/${step.name}`,
        text: step.text,
      });
    case 'large-artifact':
      return yield* largeArtifact(stage, step.name, step.sizeBytes);
    default:
      return yield* otherWork(stage, step);
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

function* otherWork(stage: ModelTurnContext, step: OtherStep): PartGenerator {
  switch (step.kind) {
    case 'run':
      return yield* run(stage, step.command);
    case 'glob':
      yield* callTool(stage, step, { tool: 'glob', key: step.pattern });
      return;
    case 'mcp':
      yield* callTool(stage, step, { tool: 'mcp', key: step.tool });
      return;
    case 'tool': {
      const { name, args } = step;
      yield* callTool(stage, { kind: 'named', name, args }, { tool: name, key: '' });
      return;
    }
    case 'subagent': {
      const { name: agent, prompt } = step;
      yield* callTool(stage, { kind: 'task', agent, prompt }, { tool: 'task', key: prompt });
      return;
    }
    case 'ask':
      yield* callTool(stage, step, { tool: 'ask', key: step.question });
      return;
    case 'todo':
      yield* callTool(stage, step, { tool: 'updatetodos', key: step.items.join('; ') });
      return;
    case 'merge':
      return yield* merge(stage, step.branch);
    case 'explore':
      return yield* explore(stage);
    case 'outputs':
      return yield* writeOutputs(stage);
    case 'note':
      return yield* writeNote(stage);
    case 'conclude':
      return yield* conclude(stage);
    // Whoever runs the agent on this machine commits its work, and there is no place for reports but the folder.
    case 'publish':
    case 'report':
      return;
    default:
      return step satisfies never;
  }
}

function* run(stage: ModelTurnContext, command: string): PartGenerator {
  yield* callTool(stage, { kind: 'run', command }, { tool: 'shell', key: command });
}

/** Artifacts of the cloud have a place outside the repository; here they are in a folder of it. */
function folderPath(path: string): string {
  return path.startsWith(`${machineArtifacts}/`)
    ? `artifacts/${path.slice(machineArtifacts.length + 1)}`
    : path;
}

function* largeArtifact(stage: ModelTurnContext, name: string, sizeBytes: number): PartGenerator {
  if (sizeBytes > maxGeneratedBytes || !/^[\w][\w./-]*$/.test(name) || name.includes('..')) {
    const most = `${maxGeneratedBytes / 1024 ** 2}MB`;
    return yield* sayText(stage, `I skip ${name}: on this machine, I create at most ${most}.\n\n`);
  }
  const file = `artifacts/${name}`;
  // A model does not write megabytes itself, and here they would stand in every further request.
  yield* run(
    stage,
    `mkdir -p artifacts && yes 'rehearsed artifact' | head -c ${sizeBytes} > ${file}`,
  );
}
