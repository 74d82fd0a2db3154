import type { CallIdentity, RecordedCalls } from '../agent/interruption.ts';
import type { PromptReading } from '../agent/prompt.ts';
import type { PastCall } from './conversation.ts';
import type { Work } from './parts.ts';
import { commandFor, type Toolbox, type ToolInput, type ToolUse } from './toolbox.ts';

/** Everything that a step needs while the turn is played. */
export type ModelStage = {
  readonly title: string;
  readonly mode: 'agent' | 'plan';
  readonly reading: PromptReading;
  readonly attempt: number;
  readonly sessionKey: string;
  /** Number of the turn in its conversation, from 1. */
  readonly turnNumber: number;
  readonly folder: string | undefined;
  readonly toolbox: Toolbox;
  /** Calls that an interrupted turn made before this one. */
  readonly recorded: RecordedCalls | undefined;
  /** Files that this turn wrote, for its report. */
  readonly written: Set<string>;
  /** What was said last, for a structured answer that the script gives. */
  lastSaid: string;
};

/**
 * Uses a tool and returns what came of it. When the request offers no tool for it, or an interrupted turn has done it
 * already, the model says so and continues.
 */
export function* callTool(
  stage: ModelStage,
  use: ToolUse,
  identity: CallIdentity,
): Work<PastCall | undefined> {
  if (stage.recorded?.takeDone(identity) === true) {
    yield* say(stage, `I skip ${shown(identity)}: it was done before the interruption.\n\n`);
    return undefined;
  }
  const call = callFor(stage.toolbox, use);
  if (call === undefined) {
    yield* say(stage, `I have no tool for it, so I skip ${shown(identity)}.\n\n`);
    return undefined;
  }
  return yield { kind: 'call', call };
}

function callFor(toolbox: Toolbox, use: ToolUse): ToolInput | undefined {
  const direct = toolbox.callFor(use);
  if (direct !== undefined) return direct;
  const command = commandFor(use);
  return command === undefined ? undefined : toolbox.callFor({ kind: 'run', command });
}

export function* say(stage: ModelStage, text: string): Work {
  stage.lastSaid = text;
  yield { kind: 'text', text };
}

const mostShown = 120;

export function shown({ tool, key }: CallIdentity): string {
  const text = key.length > mostShown ? `${key.slice(0, mostShown)}…` : key;
  return `\`${tool} ${text.replaceAll('`', "'").replaceAll('\n', ' ')}\``;
}
