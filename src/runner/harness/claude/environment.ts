import { join } from 'node:path';
import { type HostThread, THREAD_VARIABLE } from '../harness.ts';

/** Keys and addresses of providers in the user's shell, which are not meant for this agent. */
const REMOVED =
  /^(ANTHROPIC|CLAUDE|CLAUDECODE|OPENAI|CODEX|CURSOR|CEREVISOR)(_|$)|^(AWS_BEARER_TOKEN_BEDROCK|DISABLE_(TELEMETRY|ERROR_REPORTING|AUTOUPDATER)|NODE_CHANNEL_.*|NODE_UNIQUE_ID)$/;

/**
 * Maximum number of retries of a request, with backoff and the service's own delays. The default of Claude Code is 10,
 * even for an invalid key, which takes minutes.
 */
const MAX_RETRIES = 4;
/** Commands may be builds or test suites. */
const MAX_COMMAND_MS = 2 * 3_600_000;

/** No telemetry, error reports or update checks: no network requests except those to the model. */
const DISABLED_ACTIVITY = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_UPDATES: '1',
  DISABLE_INSTALLATION_CHECKS: '1',
  CLAUDE_CODE_DISABLE_FEATURE_FLAGS: '1',
  CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
  CLAUDE_CODE_SKIP_MCP_DEBUG_LOG_FILES: '1',
} as const;

export type ClaudePaths = {
  /** The program's own files, such as settings and sessions. */
  readonly config: string;
  /** Temporary files, including a socket. */
  readonly temporary: string;
  /** An empty folder in which Claude Code finds no project settings, hooks or programs. */
  readonly project: string;
};

/**
 * Below the thread's folder, so that they are deleted with it; the configuration is in the user's folder if their own
 * login is used.
 */
export function pathsOf(thread: Pick<HostThread, 'storeFolder' | 'connection'>): ClaudePaths {
  const root = join(thread.storeFolder, 'claude');
  return {
    config: thread.connection?.configFolder ?? join(root, 'config'),
    temporary: join(root, 'tmp'),
    project: join(root, 'project'),
  };
}

/**
 * The environment of Claude Code, which the agent's commands inherit: that of the user's shell without keys, and
 * settings that keep its files in our folders and disable background activity. HOME is unchanged, because git and npm
 * need it.
 */
export function environmentOf(
  thread: HostThread,
  parentEnvironment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const { config, temporary } = pathsOf(thread);
  const inherited = Object.entries(parentEnvironment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !REMOVED.test(entry[0]),
  );
  const { baseUrl, configFolder } = thread.connection ?? {};
  return {
    ...Object.fromEntries(inherited),
    ...DISABLED_ACTIVITY,
    ...(baseUrl === undefined ? {} : { ANTHROPIC_BASE_URL: baseUrl }),
    // Settings must not decide where requests and the key are sent.
    ...(configFolder === undefined ? { CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1' } : {}),
    CLAUDE_CONFIG_DIR: config,
    CLAUDE_CODE_TMPDIR: temporary,
    CLAUDE_CODE_MAX_RETRIES: String(MAX_RETRIES),
    // A turn ends with its result; background tasks would outlive it.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    BASH_MAX_TIMEOUT_MS: String(MAX_COMMAND_MS),
    // Hand-offs are untrusted: `@~/.ssh/id_rsa` in one would be read into the conversation without asking.
    CLAUDE_CODE_DISABLE_FILE_MENTIONS: '1',
    // Notes for later sessions in the same folder, which workflows do not have.
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    // The tools of the workflow's servers are offered to the model from the start.
    ENABLE_TOOL_SEARCH: 'false',
    [THREAD_VARIABLE]: thread.threadId,
  };
}
