import type { Outcome } from '../store/record.ts';

/** What a tool has to work with. */
export type ToolContext = {
  readonly callId: string;
  readonly turnId: string;
  /** The call is to be given up. */
  readonly signal: AbortSignal;
  /** A person has allowed this very call, or one like it; no permission would have. */
  readonly wasAsked: boolean;
  /** What a command prints, as it comes. */
  readonly print: (stream: 'stdout' | 'stderr', text: string) => void;
};

/** `result` is what people see of it; `outcome` is what the model is told. */
export type ToolResult = { readonly outcome: Outcome; readonly result: unknown };

export type ToolCategory = 'filesystem-write' | 'execution' | 'network' | 'mcp' | 'read' | 'other';

/** What the person is asked about a call, next to its arguments. */
export type Question = {
  readonly command?: string;
  readonly path?: string;
  /** Unified. */
  readonly diff?: string;
  readonly server?: string;
  readonly reason?: string;
};

/** One tool, with its checked input. */
export type OwnTool<Input = unknown> = {
  readonly name: string;
  /** What permissions know it by, where that is another name. */
  readonly permissionName?: string;
  /** For the model. */
  readonly description: string;
  readonly category: ToolCategory;
  /** Changes nothing: allowed while a plan is made, and next to other calls of its kind. */
  readonly isReadOnly: boolean;
  /** JSON Schema of the input, as the model gets it. */
  readonly inputSchema: object;
  /** Throws `ToolProblem` for input that the tool cannot take. */
  readonly read: (input: unknown) => Input;
  readonly question: (input: Input) => Question | Promise<Question>;
  readonly run: (input: Input, context: ToolContext) => Promise<ToolResult>;
};

/** A mistake of the model, or of the world: it is told to the model, which may do better. */
export class ToolProblem extends Error {
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
