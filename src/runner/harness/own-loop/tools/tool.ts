import type { Outcome } from '../store/record.ts';

/** The context of one tool call. */
export type ToolContext = {
  readonly callId: string;
  readonly turnId: string;
  /** Aborts the call. */
  readonly signal: AbortSignal;
  /** A person has allowed this call, which the policy alone would not allow. */
  readonly wasApproved: boolean;
  /** Receives the live output of a command. */
  readonly print: (stream: 'stdout' | 'stderr', text: string) => void;
};

/** `result` is for users, `outcome` for the model. */
export type ToolResult = { readonly outcome: Outcome; readonly result: unknown };

export type ToolCategory = 'filesystem-write' | 'execution' | 'network' | 'mcp' | 'read' | 'other';

/** Details of a permission request, in addition to the arguments. */
export type PermissionDetails = {
  readonly command?: string;
  readonly path?: string;
  /** A unified diff. */
  readonly diff?: string;
  readonly server?: string;
  readonly reason?: string;
};

/** A tool of the agent loop. */
export type Tool<Input = unknown> = {
  readonly name: string;
  /** The name in permission rules, if it differs. */
  readonly permissionName?: string;
  /** For the model. */
  readonly description: string;
  readonly category: ToolCategory;
  /** Changes nothing: allowed in plan mode, and in parallel with other read-only calls. */
  readonly isReadOnly: boolean;
  /** JSON Schema of the input, for the model. */
  readonly inputSchema: object;
  /** Validates the input. Throws `ToolError` if it is invalid. */
  readonly read: (input: unknown) => Input;
  readonly permissionDetails: (input: Input) => PermissionDetails | Promise<PermissionDetails>;
  readonly run: (input: Input, context: ToolContext) => Promise<ToolResult>;
};

/** An expected error, reported to the model, which may correct it. */
export class ToolError extends Error {
  override readonly name = 'ToolProblem';
}

export const done = (text: string, result: unknown): ToolResult => ({
  outcome: { kind: 'done', text },
  result: { success: result },
});

export const failed = (message: string): ToolResult => ({
  outcome: { kind: 'failed', text: message },
  result: { error: { message } },
});
