import { z } from 'zod';
import { NO_KEY } from '../../../runtimes/local/connection.ts';
import { type HostThread, type HostTurn, THREAD_VARIABLE } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { failureFor } from './failures.ts';
import { personsFolders } from './launch.ts';
import type { ThreadStartParams, TurnStartParams, UserInput } from './protocol.generated.ts';
import { strictSchema } from './strict-schema.ts';

type ThreadOptions = Pick<
  ThreadStartParams,
  'cwd' | 'model' | 'approvalPolicy' | 'sandbox' | 'config'
>;
type Config = NonNullable<ThreadStartParams['config']>;

const OPENAI = 'https://api.openai.com/v1';
const PROVIDER = 'cerevisor';

/** A thread as Codex takes it, new or taken up again. */
export function threadOptions(thread: HostThread): ThreadOptions {
  const { cwd, model } = thread;
  return {
    cwd,
    ...(model === undefined ? {} : { model }),
    // With a wider sandbox Codex would trust the folder at once. Each turn says what it really gets.
    approvalPolicy: 'untrusted',
    sandbox: 'read-only',
    config: {
      ...providerConfig(thread),
      ...environmentConfig(thread),
      allow_login_shell: false,
      // The provider searches by itself: nobody could be asked.
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
 * A provider of our own, with the key: the one that Codex brings tries a socket first, keeps keys on disk and repeats
 * requests by itself. With the person's own login it is theirs.
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
  const { set, exclude } = personsFolders();
  return {
    shell_environment_policy: {
      inherit: 'all',
      // Otherwise everything with KEY or TOKEN in its name is missing, and with it what the person's tools need.
      ignore_default_excludes: true,
      exclude,
      // The mark: what a command leaves in the background is found by it.
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
    // Also those that declare themselves read-only.
    default_tools_approval_mode: 'prompt',
  };
  const entries = Object.entries(mcpServers).map(([name, raw]) => {
    const { command, args, env, cwd, url, headers } = readServer(name, raw);
    if (url !== undefined)
      return [
        name,
        { ...shared, url, ...(headers === undefined ? {} : { http_headers: headers }) },
      ];
    const own = { ...personsFolders().set, ...variables, ...env, [THREAD_VARIABLE]: threadId };
    const place = cwd === undefined ? {} : { cwd };
    return [name, { ...shared, command: command ?? '', args: args ?? [], env: own, ...place }];
  });
  return Object.fromEntries(entries);
}

function readServer(name: string, raw: unknown): z.infer<typeof server> {
  const read = server.safeParse(raw);
  const isWhole = read.data?.command !== undefined || read.data?.url !== undefined;
  if (read.success && isWhole && /^[\w-]+$/.test(name)) return read.data;
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

/** What a turn asks for next to its prompt. Codex keeps it for later turns, so everything is said each time. */
export function turnOptions(thread: HostThread, turn: HostTurn): TurnOptions {
  const { model } = turn;
  const outputSchema = strictSchema(turn.outputSchema);
  const { effort } = { ...thread.modelParameters, ...turn.modelParameters };
  return {
    ...holdOf(thread, turn),
    ...(model === undefined ? {} : { model }),
    ...(effort === undefined ? {} : { effort }),
    // From outside as JSON, and JSON it is.
    ...(outputSchema === null ? {} : { outputSchema: outputSchema as Schema }),
  };
}

/**
 * `untrusted` asks for everything, but runs what was allowed without a sandbox where it fails in one. So the sandboxes
 * are for turns in which nothing is asked: those that may only look, and those of confined agents.
 */
function holdOf(
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

/** Parameters of the model that Codex does not have. */
export const unknownParameters = (thread: HostThread, turn: HostTurn): readonly string[] =>
  Object.keys({ ...thread.modelParameters, ...turn.modelParameters }).filter(
    (name) => name !== 'effort',
  );

/** Nothing is asked in this turn; a sandbox holds the tools. */
export const isHeldBySandbox = (thread: HostThread, turn: HostTurn): boolean =>
  holdOf(thread, turn).approvalPolicy === 'never';

/** A sandbox keeps commands from writing, not from running: where some may not run, each is asked about. */
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
