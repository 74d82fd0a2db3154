import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessError } from '../harness-error.ts';
import { failureFor } from './failures.ts';
import type { SpawnedProcess, SpawnOptions } from './spawn.ts';

/**
 * The part of the Claude Agent SDK that is used. Its license does not allow bundling it, and it is too large for a
 * dependency: it is downloaded together with its program, so its own types are not available.
 */
export type Sdk = {
  query(request: {
    readonly prompt: AsyncIterable<UserMessage>;
    readonly options: QueryOptions;
  }): Query;
};

export type Query = AsyncIterable<unknown> & {
  /** Ends the work in progress; the result of the turn reports the interruption. */
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

/** The SDK's options, with its names. */
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

/** Loads the SDK from the folder of its package. Throws `HarnessError` if it is missing. */
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
    failureFor(
      'harness_missing',
      `The Claude Agent SDK cannot be loaded on this machine: ${detail}`,
    ),
  );

const isSdk = (value: unknown): value is Sdk =>
  typeof value === 'object' &&
  value !== null &&
  'query' in value &&
  typeof value.query === 'function';
