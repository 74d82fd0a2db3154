import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessError } from '../harness-error.ts';
import { ownFailure } from './failures.ts';
import type { SpawnedProcess, SpawnOptions } from './spawn.ts';

/**
 * What of the Claude Agent SDK is used here. Its license does not allow us to bundle it and its size forbids to depend on
 * it: it is fetched with the program that it drives, so there are no types of its own to build against.
 */
export type Sdk = {
  query(request: {
    readonly prompt: AsyncIterable<UserMessage>;
    readonly options: QueryOptions;
  }): Query;
};

export type Query = AsyncIterable<unknown> & {
  /** Ends what is in progress; the result of the turn tells that it was interrupted. */
  interrupt(): Promise<unknown>;
  /** Ends the program. */
  close(): void;
};

export type UserMessage = {
  readonly type: 'user';
  readonly session_id: '';
  readonly parent_tool_use_id: null;
  readonly message: { readonly role: 'user'; readonly content: readonly ContentBlock[] };
};

export type ContentBlock =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'image';
      readonly source: {
        readonly type: 'base64';
        readonly media_type: string;
        readonly data: string;
      };
    };

export type PermissionResult =
  | { readonly behavior: 'allow'; readonly updatedInput: Readonly<Record<string, unknown>> }
  | { readonly behavior: 'deny'; readonly message: string };

export type CanUseTool = (
  tool: string,
  input: Readonly<Record<string, unknown>>,
  call: { readonly toolUseID: string; readonly agentID?: string; readonly signal: AbortSignal },
) => Promise<PermissionResult>;

export type ToolHook = (
  input: {
    readonly tool_name: string;
    readonly tool_input: unknown;
    readonly tool_use_id?: string;
  },
  toolUseId: string | undefined,
  call: { readonly signal: AbortSignal },
) => Promise<object>;

/** By the names that the SDK has for them. */
export type QueryOptions = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly pathToClaudeCodeExecutable: string;
  readonly spawnClaudeCodeProcess: (options: SpawnOptions) => SpawnedProcess;
  readonly sessionId?: string;
  readonly resume?: string;
  readonly model?: string;
  readonly effort?: string;
  readonly maxThinkingTokens?: number;
  readonly tools: readonly string[];
  readonly settingSources: readonly string[];
  readonly projectConfigRoot: string;
  readonly systemPrompt: { readonly type: 'preset'; readonly preset: 'claude_code' };
  readonly permissionMode: 'default' | 'plan';
  readonly mcpServers: Readonly<Record<string, unknown>>;
  readonly mcpServersDelivery: 'initialize';
  readonly strictMcpConfig: boolean;
  readonly agents?: Readonly<Record<string, unknown>>;
  readonly outputFormat?: { readonly type: 'json_schema'; readonly schema: unknown };
  readonly includePartialMessages: boolean;
  readonly forwardSubagentText: boolean;
  readonly verbatimPrompts?: boolean;
  readonly title: string;
  readonly hooks: {
    readonly PreToolUse: readonly {
      readonly hooks: readonly ToolHook[];
      readonly timeout: number;
    }[];
  };
  readonly canUseTool: CanUseTool;
};

/** Loads the SDK from the folder that its package is in. Throws `HarnessError` where it is not there. */
export async function loadSdk(library: string): Promise<Sdk> {
  const file = join(library, 'sdk.mjs');
  try {
    await stat(file);
    const sdk: unknown = await import(pathToFileURL(file).href);
    if (isSdk(sdk)) return sdk;
  } catch (error) {
    throw missing(error instanceof Error ? error.message : String(error));
  }
  throw missing(`${file} has no function "query".`);
}

const missing = (detail: string): HarnessError =>
  new HarnessError(
    ownFailure(
      'harness_missing',
      `The Claude Agent SDK cannot be loaded on this machine: ${detail}`,
    ),
  );

const isSdk = (value: unknown): value is Sdk =>
  typeof value === 'object' &&
  value !== null &&
  'query' in value &&
  typeof value.query === 'function';
