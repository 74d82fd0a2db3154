import { type Problem, type ProblemPath, problem } from '../problem.ts';
import type { Workflow } from '../schema.ts';
import type { McpServer } from '../settings-schema.ts';

/** Cursor refuses more. */
export const MAX_MCP_SERVERS = 50;

const remoteFields = new Set(['name', 'type', 'url', 'headers', 'auth']);
const commandFields = new Set(['name', 'type', 'command', 'args', 'env']);
const soundsSecret = /auth|token|secret|password|key|credential/i;

/** What Cursor would refuse about the MCP servers, and what should not stand in a file that people share. */
export function mcpServerProblems(workflow: Workflow): Problem[] {
  const { mcpServers } = workflow.settings;
  const found: Problem[] = [];
  if (mcpServers.length > MAX_MCP_SERVERS)
    found.push(
      problem(
        'error',
        'too_many_mcp_servers',
        ['settings', 'mcpServers'],
        `The workflow names ${mcpServers.length} MCP servers; Cursor allows at most ${MAX_MCP_SERVERS}.`,
        'Remove some.',
      ),
    );
  const names = new Set<string>();
  for (const [index, server] of mcpServers.entries()) {
    const path = ['settings', 'mcpServers', index];
    found.push(...nameProblems(server, names, path), ...shapeProblems(server, path));
    if (holdsSecret(server)) found.push(secretWarning(server, path));
    names.add(server.name);
  }
  return found;
}

function nameProblems(
  { name }: McpServer,
  earlier: ReadonlySet<string>,
  path: ProblemPath,
): Problem[] {
  const fault = name.trim() === '' ? 'has no name' : earlier.has(name) ? 'occurs twice' : undefined;
  if (fault === undefined) return [];
  return [
    problem(
      'error',
      'mcp_server_name',
      [...path, 'name'],
      `An MCP server ${fault}${name.trim() === '' ? '' : `: "${name}"`}.`,
      'Give every MCP server a unique name.',
    ),
  ];
}

function shapeProblems(server: McpServer, path: ProblemPath): Problem[] {
  const runsCommand = server.type === 'stdio' || (server.type === undefined && 'command' in server);
  const allowed = runsCommand ? commandFields : remoteFields;
  const kind = runsCommand ? 'started by a command' : 'reached by a URL';
  const found = Object.keys(server)
    .filter((field) => !allowed.has(field))
    .map((field) =>
      problem(
        'error',
        'mcp_server_field',
        [...path, field],
        `MCP server "${server.name}" is ${kind}, so it cannot have the field "${field}".`,
        `Remove it; the allowed fields are ${[...allowed].join(', ')}.`,
      ),
    );
  if (runsCommand && (server.command ?? '').trim() === '')
    found.push(
      problem(
        'error',
        'mcp_server_command',
        path,
        `MCP server "${server.name}" has no "command".`,
        'Name the program that starts it.',
      ),
    );
  if (!runsCommand && !isRemoteAddress(server.url))
    found.push(
      problem(
        'error',
        'mcp_server_url',
        server.url === undefined ? path : [...path, 'url'],
        `MCP server "${server.name}" needs an http or https "url" without user name and password.`,
        'Add the address; credentials belong in "headers" or "auth".',
      ),
    );
  return found;
}

function isRemoteAddress(text: string | undefined): boolean {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'http:' || url.protocol === 'https:';
}

function holdsSecret({ headers = {}, env = {}, auth }: McpServer): boolean {
  if (auth?.CLIENT_SECRET !== undefined) return true;
  return Object.entries({ ...headers, ...env }).some(
    ([name, value]) => value !== '' && soundsSecret.test(name),
  );
}

function secretWarning({ name }: McpServer, path: ProblemPath): Problem {
  return problem(
    'warning',
    'mcp_server_secret',
    path,
    `MCP server "${name}" seems to contain a secret, which is shared with the file and stored with every session.`,
    'Use a connection that is set up in Cursor, or a key that you can share and revoke.',
  );
}
