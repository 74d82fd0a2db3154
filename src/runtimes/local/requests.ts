import { toMcpServers } from '../cursor-cloud/mcp-servers.ts';
import type { Result } from '../provider-error.ts';
import type { FollowUpRequest, LaunchRequest, TurnOptions } from '../turn-requests.ts';
import type { Connection } from './connection.ts';
import type { HarnessId, StartThread, StartTurn } from './start-requests.ts';

/** Where the harness reads settings: rules, agents and hooks of the project. */
const SETTING_SOURCES = ['project'];

/** Converts a launch to the runner's request. */
export function toThreadRequest(
  request: LaunchRequest,
  workspace: NonNullable<LaunchRequest['workspace']>,
  harness: HarnessId,
  connection: Connection,
): StartThread['thread'] {
  const { bases, setup, copy } = workspace;
  const { permissions } = request;
  return {
    name: request.name,
    harness,
    workspace: { ...workspace, bases: [...bases], setup: [...setup], copy: [...copy] },
    sandbox: request.isConfined ?? false,
    settingSources: SETTING_SOURCES,
    metadata: { ...request.metadata },
    ...threadConnection(harness, connection),
    ...(permissions === undefined
      ? {}
      : { permissions: { ...permissions, rules: [...permissions.rules] } }),
    ...(request.subagents === undefined ? {} : { subagents: [...request.subagents] }),
  };
}

/** The connection for a further turn, which may differ from that of the launch. */
export const turnConnection = (
  harness: HarnessId,
  connection: Connection,
): Pick<StartTurn, 'connection'> =>
  harness === 'cursor-local' ? {} : { connection: withoutKey(connection) };

/** Cursor's SDK takes only an address, in a field of its own. */
const threadConnection = (
  harness: HarnessId,
  connection: Connection,
): Pick<StartThread['thread'], 'backendUrl' | 'connection'> => {
  if (harness !== 'cursor-local') return { connection: withoutKey(connection) };
  return connection.baseUrl === undefined ? {} : { backendUrl: connection.baseUrl };
};

const withoutKey = ({
  baseUrl,
  api,
  program,
  configFolder,
}: Connection): NonNullable<StartThread['thread']['connection']> => ({
  ...(baseUrl === undefined ? {} : { baseUrl }),
  ...(api === undefined ? {} : { api }),
  ...(program === undefined ? {} : { program: { ...program } }),
  ...(configFolder === undefined ? {} : { configFolder }),
});

export function requestSecrets(
  { apiKey }: Connection,
  request: Pick<LaunchRequest | FollowUpRequest, 'mcpServers'> & Pick<LaunchRequest, 'variables'>,
): Result<StartThread['secrets']> {
  const mcp = toMcpServers(request.mcpServers);
  if (!mcp.ok) return { ok: false, error: mcp.failure.error };
  const { variables } = request;
  return {
    ok: true,
    value: {
      apiKey,
      ...(variables === undefined ? {} : { variables }),
      ...(mcp.servers === undefined ? {} : { mcpServers: mcp.servers }),
    },
  };
}

export const turnOptions = ({ model, modelParameters, mode, outputSchema }: TurnOptions) => ({
  ...(model === undefined ? {} : { model }),
  ...(modelParameters === undefined ? {} : { modelParameters }),
  ...(mode === undefined ? {} : { mode }),
  ...(outputSchema === undefined ? {} : { outputSchema: { ...outputSchema } }),
});
