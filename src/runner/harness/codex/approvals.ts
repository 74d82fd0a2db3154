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

/** What Codex asks about, and how it wants to be answered. A patch may change several files: each is judged by itself. */
export type Approval = {
  readonly requests: readonly NewToolRequest[];
  /** For people, in a word or two. */
  readonly title: string;
  readonly answer: (isAllowed: boolean) => object;
};

/** The calls and patches of the turn that are in progress. */
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
  const inner = innerCommand(command ?? '');
  const common = { callId: itemId, ...(reason ? { reason } : {}) };
  const args = { command: inner, ...(cwd ? { workingDirectory: cwd } : {}) };
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
    // Paths in it are meant from there, which rules have to see.
    ...(inner === ''
      ? {}
      : { command: cwd && cwd !== folder ? `cd ${quoted(cwd)} && ${inner}` : inner }),
  };
  return { requests: [request], title: inner === '' ? request.tool : inner, answer: decide };
}

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

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
    // A patch that we know nothing of is a question too.
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

/** Null if a server asks for something of its own: nobody here can fill in its form. */
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

/** Codex names the tool in a sentence only; the call that it asks about has begun before. */
function mcpCallOf(
  server: string,
  args: unknown,
  { calls }: OpenItems,
): readonly [string, string] | undefined {
  for (const [callId, call] of calls()) {
    if (call.name !== 'mcp') continue;
    // Made by `callOf`.
    const made = call.args as {
      readonly server: string;
      readonly toolName: string;
      readonly args: unknown;
    };
    if (made.server === server && isDeepStrictEqual(made.args ?? {}, args ?? {}))
      return [callId, made.toolName];
  }
  return undefined;
}
