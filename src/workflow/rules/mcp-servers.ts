import { isBlank } from '../../lib/blank.ts';
import { agentsIn } from '../placement.ts';
import { type Problem, type ProblemPath, problem } from '../problem.ts';
import type { McpServer } from '../schema/settings.ts';
import type { Workflow } from '../schema.ts';
import type { RunConditions } from './run.ts';

/** Cursor's limit. */
const MAX_MCP_SERVERS = 50;

const remoteFields = new Set(['name', 'type', 'url', 'headers', 'auth']);
const commandFields = new Set(['name', 'type', 'command', 'args', 'env']);
/** The value is stored on each user's machine. */
const isPlaceholder = (value: string): boolean => /\$\{[A-Za-z_]\w*\}/.test(value);
const secretName = /auth|token|secret|password|key|credential/i;

/** MCP servers that Cursor would reject, and secrets that should not be in a shared file. */
export function mcpServerProblems(
  workflow: Workflow,
  { mode, backend }: Pick<RunConditions, 'mode' | 'backend'> = {},
): Problem[] {
  const { mcpServers } = workflow.settings;
  const problems: Problem[] = [];
  if (mcpServers.length > MAX_MCP_SERVERS)
    problems.push(
      problem(
        'error',
        'too_many_mcp_servers',
        ['settings', 'mcpServers'],
        `The workflow names ${mcpServers.length} MCP servers; Cursor allows at most ${MAX_MCP_SERVERS}.`,
        'Remove some.',
      ),
    );
  const names = new Set<string>();
  const isInCloud = agentsIn('cloud', workflow).length > 0;
  const isLocal = agentsIn('local', workflow).length > 0;
  for (const [index, server] of mcpServers.entries()) {
    const path = ['settings', 'mcpServers', index];
    problems.push(...nameProblems(server, names, path), ...shapeProblems(server, path));
    if (isInCloud && backend !== 'rehearsal' && isOnThisMachine(server.url))
      problems.push(outOfReach(server, path));
    if (mode !== undefined && runsCommand(server))
      problems.push(startNotice(server, path, isInCloud, isLocal));
    if (holdsSecret(server)) problems.push(secretWarning(server, path));
    names.add(server.name);
  }
  return problems;
}

function nameProblems(
  { name }: McpServer,
  earlier: ReadonlySet<string>,
  path: ProblemPath,
): Problem[] {
  const fault = isBlank(name) ? 'has no name' : earlier.has(name) ? 'occurs twice' : undefined;
  if (fault === undefined) return [];
  return [
    problem(
      'error',
      'mcp_server_name',
      [...path, 'name'],
      `An MCP server ${fault}${isBlank(name) ? '' : `: "${name}"`}.`,
      'Give every MCP server a unique name.',
    ),
  ];
}

function shapeProblems(server: McpServer, path: ProblemPath): Problem[] {
  const isCommand = runsCommand(server);
  const allowed = isCommand ? commandFields : remoteFields;
  const kind = isCommand ? 'started by a command' : 'reached by a URL';
  const problems = Object.keys(server)
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
  if (isCommand && isBlank(server.command))
    problems.push(
      problem(
        'error',
        'mcp_server_command',
        path,
        `MCP server "${server.name}" has no "command".`,
        'Name the program that starts it.',
      ),
    );
  if (!isCommand && !isRemoteAddress(server.url))
    problems.push(
      problem(
        'error',
        'mcp_server_url',
        server.url === undefined ? path : [...path, 'url'],
        `MCP server "${server.name}" needs an http or https "url" without user name and password.`,
        'Add the address; credentials belong in "headers" or "auth".',
      ),
    );
  return problems;
}

const runsCommand = (server: McpServer): boolean =>
  server.type === 'stdio' || (server.type === undefined && 'command' in server);

function isOnThisMachine(address: string | undefined): boolean {
  const host = address === undefined ? undefined : URL.parse(address)?.hostname;
  return (
    host !== undefined && /^(localhost|.+\.localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\])$/.test(host)
  );
}

const outOfReach = ({ name, url }: McpServer, path: ProblemPath): Problem =>
  problem(
    'warning',
    'mcp_server_out_of_reach',
    [...path, 'url'],
    `Cloud agents cannot reach MCP server "${name}" at ${url}: the address means their own machine.`,
    'Use an address that is reachable from the internet, or run the agents in local mode.',
  );

function startNotice(
  { name, command = '' }: McpServer,
  path: ProblemPath,
  isInCloud: boolean,
  isLocal: boolean,
): Problem {
  const places = [
    ...(isInCloud ? ["on each cloud agent's machine, where the program must be installed"] : []),
    ...(isLocal ? ['on this machine, with your permissions'] : []),
  ];
  return problem(
    'notice',
    'mcp_server_started',
    path,
    `MCP server "${name}" is started with "${command}" ${places.join(', and ')}.`,
  );
}

function isRemoteAddress(text: string | undefined): boolean {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'http:' || url.protocol === 'https:';
}

function holdsSecret({ headers = {}, env = {}, auth }: McpServer): boolean {
  if (auth?.CLIENT_SECRET !== undefined) return true;
  return Object.entries({ ...headers, ...env }).some(
    ([name, value]) => value !== '' && secretName.test(name) && !isPlaceholder(value),
  );
}

function secretWarning({ name }: McpServer, path: ProblemPath): Problem {
  return problem(
    'warning',
    'mcp_server_secret',
    path,
    `MCP server "${name}" seems to contain a secret, which is shared with the file and stored with every session.`,
    `Write "\${NAME}" in its place and store the value in the keychain, or use a connection that is set up in Cursor.`,
  );
}
