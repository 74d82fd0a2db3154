import { z } from 'zod';
import { NO_KEY } from '../../../runtimes/local/connection.ts';
import { type HostThread, type HostTurn, THREAD_VARIABLE } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { failureFor } from './failures.ts';
import { userFolders } from './launch.ts';
import type { ThreadStartParams, TurnStartParams, UserInput } from './protocol.generated.ts';
import { strictSchema } from './strict-schema.ts';

type ThreadOptions = Pick<
  ThreadStartParams,
  'cwd' | 'model' | 'approvalPolicy' | 'sandbox' | 'config'
>;
type Config = NonNullable<ThreadStartParams['config']>;

const OPENAI = 'https://api.openai.com/v1';
const PROVIDER = 'cerevisor';

/** Codex's options of a thread, new or resumed. */
export function threadOptions(thread: HostThread): ThreadOptions {
  const { cwd, model } = thread;
  return {
    cwd,
    ...(model === undefined ? {} : { model }),
    // With a wider sandbox, Codex would trust the folder at once. Each turn sets what it really gets.
    approvalPolicy: 'untrusted',
    sandbox: 'read-only',
    config: {
      ...providerConfig(thread),
      ...environmentConfig(thread),
      allow_login_shell: false,
      // The provider runs the search itself, so permission cannot be asked.
      web_search: thread.permissions === undefined || mayUseNetwork(thread) ? 'live' : 'disabled',
      model_reasoning_summary: 'auto',
      project_doc_fallback_filenames: ['CLAUDE.md'],
      mcp_servers: serversConfig(thread),
    },
  };
}

const mayUseNetwork = ({ permissions }: HostThread): boolean =>
  permissions?.network === 'allow' &&
  !permissions.rules.some(
    ({ category, decision }) => category === 'network' && decision !== 'allow',
  );

/**
 * A separate provider with the key: the built-in one tries WebSockets first, stores keys on disk and retries requests.
 * With the user's own login, the built-in one is used.
 */
function providerConfig({ apiKey, connection }: HostThread): Config {
  if (connection?.configFolder !== undefined) return {};
  return {
    model_provider: PROVIDER,
    model_providers: {
      [PROVIDER]: {
        name: 'Cerevisor',
        base_url: connection?.baseUrl ?? OPENAI,
        wire_api: 'responses',
        ...(apiKey === NO_KEY ? {} : { experimental_bearer_token: apiKey }),
        supports_websockets: false,
        request_max_retries: 0,
        stream_max_retries: 0,
      },
    },
  };
}

function environmentConfig({ threadId, variables }: HostThread): Config {
  const { set, exclude } = userFolders();
  return {
    shell_environment_policy: {
      inherit: 'all',
      // Otherwise all variables with KEY or TOKEN in their name are removed, which the user's tools may need.
      ignore_default_excludes: true,
      exclude,
      // Includes the mark by which background processes are found.
      set: { ...set, ...variables, [THREAD_VARIABLE]: threadId },
    },
  };
}

const strings = z.record(z.string(), z.string());
const server = z.looseObject({
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  env: strings.optional(),
  cwd: z.string().optional(),
  url: z.string().optional(),
  headers: strings.optional(),
});

const SERVER_START_SECONDS = 60;

function serversConfig({ mcpServers = {}, threadId, variables }: HostThread): Config {
  const shared = {
    startup_timeout_sec: SERVER_START_SECONDS,
    // Also for tools that declare themselves read-only.
    default_tools_approval_mode: 'prompt',
  };
  const entries = Object.entries(mcpServers).map(([name, raw]) => {
    const { command, args, env, cwd, url, headers } = readServer(name, raw);
    if (url !== undefined)
      return [
        name,
        { ...shared, url, ...(headers === undefined ? {} : { http_headers: headers }) },
      ];
    const environment = { ...userFolders().set, ...variables, ...env, [THREAD_VARIABLE]: threadId };
    const cwdOption = cwd === undefined ? {} : { cwd };
    return [
      name,
      { ...shared, command: command ?? '', args: args ?? [], env: environment, ...cwdOption },
    ];
  });
  return Object.fromEntries(entries);
}

function readServer(name: string, raw: unknown): z.infer<typeof server> {
  const parsed = server.safeParse(raw);
  const isComplete = parsed.data?.command !== undefined || parsed.data?.url !== undefined;
  if (parsed.success && isComplete && /^[\w-]+$/.test(name)) return parsed.data;
  const message = /^[\w-]+$/.test(name)
    ? `The MCP server "${name}" has neither a command nor a valid address.`
    : `Codex does not accept "${name}" as the name of an MCP server; use only letters, digits, _ and -.`;
  throw new HarnessError(failureFor('invalid_request', message));
}

type TurnOptions = Pick<
  TurnStartParams,
  'approvalPolicy' | 'sandboxPolicy' | 'model' | 'effort' | 'outputSchema'
>;
type Schema = NonNullable<TurnStartParams['outputSchema']>;

/** Codex's options of a turn. Codex keeps them for later turns, so all of them are set each time. */
export function turnOptions(thread: HostThread, turn: HostTurn): TurnOptions {
  const { model } = turn;
  const outputSchema = strictSchema(turn.outputSchema);
  const { effort } = { ...thread.modelParameters, ...turn.modelParameters };
  return {
    ...approvalAndSandbox(thread, turn),
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { effort }),
    // Made from JSON.
    ...(outputSchema === null ? {} : { outputSchema: outputSchema as Schema }),
  };
}

/**
 * With `untrusted`, Codex asks for every call, but repeats an allowed command without the sandbox if it fails in one.
 * So sandboxes are only used for turns that do not ask: read-only ones, and those of sandboxed agents.
 */
function approvalAndSandbox(
  thread: HostThread,
  { mode }: HostTurn,
): Required<Pick<TurnStartParams, 'approvalPolicy' | 'sandboxPolicy'>> {
  if (mode === 'plan')
    return {
      approvalPolicy: deniesCommands(thread) ? 'untrusted' : 'never',
      sandboxPolicy: { type: 'readOnly', networkAccess: false },
    };
  if (thread.sandbox)
    return {
      approvalPolicy: 'never',
      sandboxPolicy: {
        type: 'workspaceWrite',
        writableRoots: [],
        networkAccess: false,
        excludeTmpdirEnvVar: false,
        excludeSlashTmp: false,
      },
    };
  return { approvalPolicy: 'untrusted', sandboxPolicy: { type: 'dangerFullAccess' } };
}

/** Model parameters that Codex does not support. */
export const unknownParameters = (thread: HostThread, turn: HostTurn): readonly string[] =>
  Object.keys({ ...thread.modelParameters, ...turn.modelParameters }).filter(
    (name) => name !== 'effort',
  );

/** Whether the tools of this turn run in a sandbox without asking. */
export const isSandboxed = (thread: HostThread, turn: HostTurn): boolean =>
  approvalAndSandbox(thread, turn).approvalPolicy === 'never';

/** A sandbox prevents commands from writing, not from running: if some may not run, permission is asked for each. */
const deniesCommands = ({ permissions }: HostThread): boolean =>
  permissions?.execution === 'deny' ||
  permissions?.rules.some(
    ({ category, decision }) => category === 'execution' && decision === 'deny',
  ) === true;

export function inputOf({ prompt, images = [] }: HostTurn): UserInput[] {
  return [
    { type: 'text', text: prompt, text_elements: [] },
    ...images.map(({ url, data, mimeType }): UserInput => {
      if (data !== undefined && mimeType !== undefined)
        return { type: 'image', url: `data:${mimeType};base64,${data}` };
      if (url !== undefined) return { type: 'image', url };
      throw new HarnessError(
        failureFor('invalid_request', 'An image has neither an address nor data with a MIME type.'),
      );
    }),
  ];
}
