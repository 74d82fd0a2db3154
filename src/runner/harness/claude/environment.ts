import { join } from 'node:path';
import { type HostThread, THREAD_VARIABLE } from '../harness.ts';

/** Keys and addresses of providers: those of the person's shell are not this agent's business. */
const NEVER_KEPT =
  /^(ANTHROPIC|CLAUDE|CLAUDECODE|OPENAI|CODEX|CURSOR|CEREVISOR)(_|$)|^(AWS_BEARER_TOKEN_BEDROCK|DISABLE_(TELEMETRY|ERROR_REPORTING|AUTOUPDATER)|NODE_CHANNEL_.*|NODE_UNIQUE_ID)$/;

/**
 * Repeats one request so often, after pauses that grow and that the service may ask for. Its own default is 10, also for
 * a key that is wrong, which takes minutes.
 */
const MAX_RETRIES = 4;
/** A command may be a build or a suite of tests. */
const LONGEST_COMMAND_MS = 2 * 3_600_000;

/** Quiet: no telemetry, no reports, no look for updates, nothing that is not a request to the model. */
const QUIET = {
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

export type Places = {
  /** The program's own files: settings, sessions, what it remembers. */
  readonly config: string;
  /** For its temporary files, a socket among them. */
  readonly temporary: string;
  /** Stays empty: where it looks for a project's settings, hooks and programs. */
  readonly project: string;
};

/** Below the thread's own folder, so that they go when that goes; or where the person keeps the login. */
export function placesOf(thread: Pick<HostThread, 'storeFolder' | 'connection'>): Places {
  const own = join(thread.storeFolder, 'claude');
  return {
    config: thread.connection?.configFolder ?? join(own, 'config'),
    temporary: join(own, 'tmp'),
    project: join(own, 'project'),
  };
}

/**
 * The environment of Claude Code, which it hands on to the agent's commands: that of the person's shell without keys, and
 * what makes Claude Code keep its files and its peace. HOME stays the person's, as git and npm need it.
 */
export function environmentOf(
  thread: HostThread,
  shell: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const { config, temporary } = placesOf(thread);
  const kept = Object.entries(shell).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !NEVER_KEPT.test(entry[0]),
  );
  const { baseUrl, configFolder } = thread.connection ?? {};
  return {
    ...Object.fromEntries(kept),
    ...QUIET,
    ...(baseUrl === undefined ? {} : { ANTHROPIC_BASE_URL: baseUrl }),
    // No settings decide where requests and the key go.
    ...(configFolder === undefined ? { CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1' } : {}),
    CLAUDE_CONFIG_DIR: config,
    CLAUDE_CODE_TMPDIR: temporary,
    CLAUDE_CODE_MAX_RETRIES: String(MAX_RETRIES),
    // A turn is over when its result is there; what would continue after it belongs to nobody.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    BASH_MAX_TIMEOUT_MS: String(LONGEST_COMMAND_MS),
    // Hand-offs are words of others: `@~/.ssh/id_rsa` in one would be read into the conversation without a question.
    CLAUDE_CODE_DISABLE_FILE_MENTIONS: '1',
    // Notes for later sessions of the same folder, which no workflow has.
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    // The tools of the workflow's servers are meant to be used: the model sees them from the start.
    ENABLE_TOOL_SEARCH: 'false',
    [THREAD_VARIABLE]: thread.threadId,
  };
}
