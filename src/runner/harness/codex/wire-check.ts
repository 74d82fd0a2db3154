import type { z } from 'zod';
import type {
  CommandExecutionRequestApprovalParams,
  FileChangeRequestApprovalParams,
  McpServerElicitationRequestParams,
  ThreadItem,
  ThreadTokenUsage,
  ToolRequestUserInputParams,
  Turn,
  TurnError,
} from './protocol.generated.ts';
import type {
  commandApproval,
  commandItem,
  elicitation,
  listedTurns,
  mcpItem,
  notifications,
  patchApproval,
  patchItem,
  userQuestions,
} from './wire.ts';

/** Compiles only if the schema accepts everything that Codex may send. */
type Reads<Schema extends z.ZodType, Sent extends z.input<Schema>> = Sent;
type ItemOf<Type extends ThreadItem['type']> = Extract<ThreadItem, { type: Type }>;

/** Checks our schemas against the generated types of the pinned version of Codex, at compile time only. */
export type WireCheck = [
  Reads<typeof commandApproval, CommandExecutionRequestApprovalParams>,
  Reads<typeof patchApproval, FileChangeRequestApprovalParams>,
  Reads<typeof elicitation, Extract<McpServerElicitationRequestParams, { mode: 'form' }>>,
  Reads<typeof userQuestions, ToolRequestUserInputParams>,
  Reads<typeof commandItem, ItemOf<'commandExecution'>>,
  Reads<typeof patchItem, ItemOf<'fileChange'>>,
  Reads<typeof mcpItem, ItemOf<'mcpToolCall'>>,
  Reads<(typeof notifications)['turn/completed'], { turn: Turn }>,
  Reads<
    (typeof notifications)['thread/tokenUsage/updated'],
    { turnId: string; tokenUsage: ThreadTokenUsage }
  >,
  Reads<(typeof notifications)['error'], { error: TurnError; willRetry: boolean }>,
  Reads<typeof listedTurns, { data: Turn[] }>,
];
