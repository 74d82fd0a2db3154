import { type CallIdentity, describeCall, type RecordedCalls } from '../agent/interruption.ts';
import type { ParsedPrompt } from '../agent/prompt.ts';
import type { PastCall } from './conversation.ts';
import type { PartGenerator } from './parts.ts';
import { commandFor, type Toolbox, type ToolInput, type ToolUse } from './toolbox.ts';

/** Everything that the steps of a turn need. */
export type ModelTurnContext = {
  readonly title: string;
  readonly mode: 'agent' | 'plan';
  readonly parsedPrompt: ParsedPrompt;
  readonly attempt: number;
  readonly sessionKey: string;
  /** Number of the turn in its conversation, counted from 1. */
  readonly turnNumber: number;
  readonly folder: string | undefined;
  readonly toolbox: Toolbox;
  /** Calls of the interrupted turn that this one continues. */
  readonly recorded: RecordedCalls | undefined;
  /** Files that this turn wrote, for its final message. */
  readonly written: Set<string>;
  /** The last text, which can be the script's structured answer. */
  lastText: string;
};

/**
 * Calls a tool and returns its result. Returns `undefined`, after a message that says why, if the request offers no
 * such tool or the interrupted turn has already made the call.
 */
export function* callTool(
  context: ModelTurnContext,
  use: ToolUse,
  identity: CallIdentity,
): PartGenerator<PastCall | undefined> {
  if (context.recorded?.takeDone(identity) === true) {
    yield* sayText(
      context,
      `I skip ${describeCall(identity)}: it was done before the interruption.\n\n`,
    );
    return undefined;
  }
  const call = callFor(context.toolbox, use);
  if (call === undefined) {
    yield* sayText(context, `I have no tool for it, so I skip ${describeCall(identity)}.\n\n`);
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

export function* sayText(context: ModelTurnContext, text: string): PartGenerator {
  context.lastText = text;
  yield { kind: 'text', text };
}
