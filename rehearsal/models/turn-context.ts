import type { CallIdentity, RecordedCalls } from '../agent/interruption.ts';
import type { ParsedPrompt } from '../agent/prompt.ts';
import type { PastCall } from './conversation.ts';
import type { PartGenerator } from './parts.ts';
import { commandFor, type Toolbox, type ToolInput, type ToolUse } from './toolbox.ts';

/** Everything that a step needs while the turn is played. */
export type ModelTurnContext = {
  readonly title: string;
  readonly mode: 'agent' | 'plan';
  readonly parsedPrompt: ParsedPrompt;
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
  lastText: string;
};

/**
 * Uses a tool and returns what came of it. When the request offers no tool for it, or an interrupted turn has done it
 * already, the model says so and continues.
 */
export function* callTool(
  stage: ModelTurnContext,
  use: ToolUse,
  identity: CallIdentity,
): PartGenerator<PastCall | undefined> {
  if (stage.recorded?.takeDone(identity) === true) {
    yield* sayText(
      stage,
      `I skip ${describeCall(identity)}: it was done before the interruption.\n\n`,
    );
    return undefined;
  }
  const call = callFor(stage.toolbox, use);
  if (call === undefined) {
    yield* sayText(stage, `I have no tool for it, so I skip ${describeCall(identity)}.\n\n`);
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

export function* sayText(stage: ModelTurnContext, text: string): PartGenerator {
  stage.lastText = text;
  yield { kind: 'text', text };
}

const maxShownCharacters = 120;

export function describeCall({ tool, key }: CallIdentity): string {
  const text = key.length > maxShownCharacters ? `${key.slice(0, maxShownCharacters)}…` : key;
  return `\`${tool} ${text.replaceAll('`', "'").replaceAll('\n', ' ')}\``;
}
