/** What a tool call does, as far as a permission is concerned. `other` touches nothing outside the harness itself. */
export const toolCategories = [
  'filesystem-write',
  'execution',
  'network',
  'mcp',
  'read',
  'other',
] as const;
export type ToolCategory = (typeof toolCategories)[number];

/** A tool call that waits for a person's answer, and everything that they need to judge it. Plain JSON. */
export type ToolRequest = {
  readonly requestId: string;
  /** Id of the tool call in the transcript. */
  readonly callId?: string | undefined;
  readonly category: ToolCategory;
  /** The tool's name in the harness; of an MCP server the bare name. */
  readonly tool: string;
  readonly args: unknown;
  /** Of a tool that runs one. */
  readonly command?: string | undefined;
  /** The file that is read or written; absolute, or relative to the folder. For the network an address. */
  readonly path?: string | undefined;
  /** Unified. */
  readonly diff?: string | undefined;
  /** Of a tool that belongs to an MCP server. */
  readonly server?: string | undefined;
  /** Why the agent, or its harness, asks. */
  readonly reason?: string | undefined;
  /** The working folder. */
  readonly folder: string;
};

export type ToolDecision = 'allow' | 'deny';

/** `session`: what `pattern` matches is not asked again; without a pattern exactly this. */
export type ToolAnswer = {
  readonly decision: ToolDecision;
  readonly scope: 'once' | 'session';
  /** The agent reads it in place of the tool's result when its call was denied. */
  readonly note?: string | undefined;
  readonly pattern?: string | undefined;
};

/** How a request came to its end. `withdrawn`: nobody waits for an answer anymore. */
export type ToolRequestEnd = { readonly requestId: string } & (
  | { readonly outcome: 'answered'; readonly answer: ToolAnswer }
  | { readonly outcome: 'withdrawn'; readonly reason: string }
);

export type PermissionDecision = 'allow' | 'ask' | 'deny';

/** Decides for what its pattern matches. A rule that denies goes before all others, one that asks before one that allows. */
export type PermissionRule = {
  readonly category: ToolCategory;
  readonly pattern: string;
  readonly decision: PermissionDecision;
  /** No pattern, but exactly this text. */
  readonly isExact?: boolean | undefined;
  /** A person's answer to a request: it goes before rules that ask. */
  readonly isAnswer?: boolean | undefined;
};

/** What a thread's tools may do. */
export type PermissionPolicy = {
  readonly filesystemWrite: PermissionDecision;
  readonly execution: PermissionDecision;
  readonly network: PermissionDecision;
  readonly mcp: PermissionDecision;
  readonly rules: readonly PermissionRule[];
};
