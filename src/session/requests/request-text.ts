import type { ToolCategory, ToolRequest } from '../../permissions/tool-request.ts';
import { agentName } from '../../workflow/agent-name.ts';
import type { Failure } from '../events.ts';
import type { SessionState } from '../state.ts';
import { type AgentToolRequest, openRequestsOf } from './tool-requests.ts';

/** The short id of a request for commands, which accept any unique prefix. */
export const shortRequestId = (requestId: string): string =>
  requestId.replace(/^request-/, '').slice(0, 8);

const MAX_CHARACTERS = 120;

const actions: Readonly<Record<ToolCategory, string>> = {
  execution: 'wants to run',
  'filesystem-write': 'wants to write',
  network: 'wants to reach',
  mcp: 'wants to call',
  read: 'wants to read',
  other: 'wants to use',
};

/** A short description of a request, such as `wants to run: npm test`. */
export function requestSummary(request: Omit<ToolRequest, 'args' | 'diff'>): string {
  const { category, command, server, tool } = request;
  const subject =
    category === 'mcp' ? `${server ?? 'MCP server'}/${tool}` : (command ?? pathIn(request) ?? tool);
  const line = subject.replace(/\s+/g, ' ').trim();
  const cut = line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;
  return `${actions[category]}: ${cut}`;
}

/** A path inside the working folder is shortened to its relative form, because the folder is shown separately. */
function pathIn({ path, folder }: Pick<ToolRequest, 'path' | 'folder'>): string | undefined {
  const start = folder.replace(/[\\/]$/, '').length;
  const rest = path?.startsWith(folder) ? path.slice(start) : '';
  const leadsOut = rest.split(/[\\/]/).includes('..');
  return /^[\\/][^\\/]/.test(rest) && !leadsOut ? rest.slice(1) : path;
}

/** Why a session waits for permissions, as the user reads it; null if no request is open. */
export function requestReason(state: SessionState): Failure | null {
  const open = openRequestsOf(state);
  const [first] = open;
  if (first === undefined) return null;
  const others = open.length === 1 ? '' : ` (and ${open.length - 1} more)`;
  return {
    code: 'permission_needed',
    message: `"${nameOf(state, first)}" ${requestSummary(first.request)}${others}`,
    suggestion: `Answer with \`cerevisor answer ${state.id.slice(2, 10)} ${shortRequestId(first.request.requestId)} allow\`, or \`deny\`.`,
  };
}

const nameOf = ({ workflow }: SessionState, { agent: { id } }: AgentToolRequest): string =>
  agentName(workflow, id);
