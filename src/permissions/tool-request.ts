/** The kind of a tool call, for permissions. `other` affects nothing outside the harness itself. */
export const toolCategories = [
  'filesystem-write',
  'execution',
  'network',
  'mcp',
  'read',
  'other',
] as const;
export type ToolCategory = (typeof toolCategories)[number];

/** A tool call that waits for a user's answer, with everything needed to decide. Plain JSON. */
export type ToolRequest = {
  readonly requestId: string;
  /** The tool call in the transcript. */
  readonly callId?: string | undefined;
  readonly category: ToolCategory;
  /** The tool's name in the harness; for a tool of an MCP server, the name without the server. */
  readonly tool: string;
  readonly args: unknown;
  /** The command line, for a tool that runs one. */
  readonly command?: string | undefined;
  /** The file that is read or written, absolute or relative to `folder`; for the network, the address. */
  readonly path?: string | undefined;
  /** The proposed change, as a unified diff. */
  readonly diff?: string | undefined;
  /** The MCP server that the tool belongs to. */
  readonly server?: string | undefined;
  /** Why the agent or its harness requests it. */
  readonly reason?: string | undefined;
  /** The working folder. */
  readonly folder: string;
};

/** A tool call that was not (yet) turned into a request. */
export type ToolCall = Omit<ToolRequest, 'requestId'>;

export type ToolDecision = 'allow' | 'deny';

/** With scope `session`, calls that match `pattern` are not asked about again; without a pattern, the identical call. */
export type ToolAnswer = {
  readonly decision: ToolDecision;
  readonly scope: 'once' | 'session';
  /** Given to the agent instead of the tool's result when the call is denied. */
  readonly note?: string | undefined;
  readonly pattern?: string | undefined;
};

/** How a request ended. `withdrawn`: an answer is no longer needed. */
export type ToolRequestEnd = { readonly requestId: string } & (
  | { readonly outcome: 'answered'; readonly answer: ToolAnswer }
  | { readonly outcome: 'withdrawn'; readonly reason: string }
);

export type PermissionDecision = 'allow' | 'ask' | 'deny';

/** Decides for calls that match its pattern. Precedence: rules that deny, then rules that ask, then rules that allow. */
export type PermissionRule = {
  readonly category: ToolCategory;
  readonly pattern: string;
  readonly decision: PermissionDecision;
  /** `pattern` is literal text, not a pattern. */
  readonly isExact?: boolean | undefined;
  /** A user's earlier answer, which takes precedence over rules that ask. */
  readonly isAnswer?: boolean | undefined;
};

/** What the tools of a thread may do. */
export type PermissionPolicy = {
  readonly filesystemWrite: PermissionDecision;
  readonly execution: PermissionDecision;
  readonly network: PermissionDecision;
  readonly mcp: PermissionDecision;
  readonly rules: readonly PermissionRule[];
};
