import { isDeepStrictEqual } from 'node:util';
import type { NewToolRequest } from '../adapter.ts';
import { type Call, signedLines } from './calls.ts';
import { innerCommand } from './command-line.ts';
import type {
  CommandExecutionApprovalDecision,
  FileChangeApprovalDecision,
  McpServerElicitationRequestResponse,
} from './protocol.generated.ts';
import {
  commandApproval,
  elicitation,
  type FileChange,
  patchApproval,
  patchItem,
  toolCallMeta,
} from './wire.ts';

/**
 * A request for permission from Codex, and how to answer it. A patch may change several files, and each is checked.
 */
export type Approval = {
  readonly requests: readonly NewToolRequest[];
  /** A short description for the user. */
  readonly title: string;
  readonly answer: (isAllowed: boolean) => object;
};

/** The calls and patches in progress. */
export type OpenItems = {
  readonly raw: (itemId: string) => unknown;
  readonly calls: () => readonly (readonly [string, Call])[];
  /** The thread's working folder. */
  readonly folder: string;
};

/** Null for requests that are not about a tool call. */
export function approvalOf(method: string, params: unknown, open: OpenItems): Approval | null {
  switch (method) {
    case 'item/commandExecution/requestApproval':
      return commandRequest(params, open.folder);
    case 'item/fileChange/requestApproval':
      return patchRequest(params, open);
    case 'mcpServer/elicitation/request':
      return mcpRequest(params, open);
    default:
      return null;
  }
}

type Decision = CommandExecutionApprovalDecision & FileChangeApprovalDecision;
const decide = (isAllowed: boolean): { readonly decision: Decision } => ({
  decision: isAllowed ? 'accept' : 'decline',
});

function commandRequest(params: unknown, folder: string): Approval {
  const {
    itemId,
    kind,
    command,
    cwd,
    reason,
    networkApprovalContext: network,
  } = commandApproval.parse(params);
  const innerCommandText = innerCommand(command ?? '');
  const common = { callId: itemId, ...(reason ? { reason } : {}) };
  const args = { command: innerCommandText, ...(cwd ? { workingDirectory: cwd } : {}) };
  if (network) {
    const path = `${network.protocol}://${network.host}`;
    const request = { ...common, category: 'network' as const, tool: 'shell', args, path };
    return { requests: [request], title: path, answer: decide };
  }
  const isInput = kind === 'writeStdin';
  const request: NewToolRequest = {
    ...common,
    category: 'execution',
    tool: isInput ? 'write_stdin' : 'shell',
    args,
    // Rules have to see the folder that relative paths refer to.
    ...(innerCommandText === ''
      ? {}
      : {
          command:
            cwd && cwd !== folder
              ? `cd ${shellQuoted(cwd)} && ${innerCommandText}`
              : innerCommandText,
        }),
  };
  return {
    requests: [request],
    title: innerCommandText === '' ? request.tool : innerCommandText,
    answer: decide,
  };
}

const shellQuoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

function patchRequest(params: unknown, open: OpenItems): Approval {
  const { itemId, reason } = patchApproval.parse(params);
  const changes = patchItem.safeParse(open.raw(itemId)).data?.changes ?? [];
  const common = {
    callId: itemId,
    category: 'filesystem-write' as const,
    tool: 'apply_patch',
    ...(reason ? { reason } : {}),
  };
  const requests = changes.flatMap((change): NewToolRequest[] =>
    pathsOf(change).map((path) => ({
      ...common,
      args: { path, kind: change.kind.type },
      path,
      diff: unifiedDiff(change),
    })),
  );
  return {
    // Permission is required for an unknown patch too.
    requests: requests.length === 0 ? [{ ...common, args: {} }] : requests,
    title: changes.map(({ path }) => path).join(', '),
    answer: decide,
  };
}

const pathsOf = ({ path, kind }: FileChange): readonly string[] =>
  kind.move_path ? [path, kind.move_path] : [path];

function unifiedDiff({ path, kind, diff }: FileChange): string {
  const lines = signedLines(diff, kind.type);
  const [before, after] = [
    kind.type === 'add' ? '/dev/null' : path,
    kind.type === 'delete' ? '/dev/null' : (kind.move_path ?? path),
  ];
  const head = [`--- ${before}`, `+++ ${after}`];
  if (kind.type === 'update') return [...head, ...lines].join('\n');
  const count = lines.length;
  const hunk = kind.type === 'add' ? `@@ -0,0 +1,${count} @@` : `@@ -1,${count} +0,0 @@`;
  return [...head, hunk, ...lines].join('\n');
}

/** Null if the server requests input of its own, for which there is no form. */
function mcpRequest(params: unknown, open: OpenItems): Approval | null {
  const { serverName, message, _meta } = elicitation.parse(params);
  const meta = toolCallMeta.safeParse(_meta);
  if (!meta.success) return null;
  const args = meta.data.tool_params;
  const [callId, tool] = mcpCallOf(serverName, args, open) ?? [
    undefined,
    /tool "([^"]+)"/.exec(message ?? '')?.[1] ?? 'unknown',
  ];
  const request: NewToolRequest = {
    ...(callId === undefined ? {} : { callId }),
    category: 'mcp',
    tool,
    server: serverName,
    args,
  };
  return {
    requests: [request],
    title: `${serverName}/${tool}`,
    answer: (isAllowed): McpServerElicitationRequestResponse => ({
      action: isAllowed ? 'accept' : 'decline',
      content: isAllowed ? {} : null,
      _meta: null,
    }),
  };
}

/**
 * Finds the call that a request is about: Codex names the tool only in a sentence, but the call has started before.
 */
function mcpCallOf(
  server: string,
  args: unknown,
  { calls }: OpenItems,
): readonly [string, string] | undefined {
  for (const [callId, call] of calls()) {
    if (call.name !== 'mcp') continue;
    // Made by `callOf`.
    const mcpArgs = call.args as {
      readonly server: string;
      readonly toolName: string;
      readonly args: unknown;
    };
    if (mcpArgs.server === server && isDeepStrictEqual(mcpArgs.args ?? {}, args ?? {}))
      return [callId, mcpArgs.toolName];
  }
  return undefined;
}
