import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemErrorCode } from '../../../lib/system-error.ts';
import { type HostThread, THREAD_VARIABLE } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { failureFor } from './failures.ts';

/** How `codex app-server` is started. */
export type AppServerLaunch = {
  readonly program: string;
  readonly arguments: readonly string[];
  /** Without any key: that comes with each thread. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
};

/**
 * Off: what reaches other services than the model's (plugins and apps are fetched from github.com and chatgpt.com),
 * what belongs to an app of its own (browser, dictation, goals), and what would run next to the turns that we see
 * (subagents, memories, hooks of the person's).
 */
const FEATURES_OFF = [
  'apps',
  'browser_use',
  'computer_use',
  'goals',
  'hooks',
  'image_generation',
  'in_app_browser',
  'memories',
  'multi_agent',
  'multi_agent_v2',
  'plugins',
  'remote_plugin',
  'shell_snapshot',
  'skill_mcp_dependency_install',
  'tool_suggest',
];

const SETTINGS = [
  'check_for_update_on_startup=false',
  'analytics.enabled=false',
  'feedback.enabled=false',
  ...FEATURES_OFF.map((feature) => `features.${feature}=false`),
];

/** Of this process or of other providers; the agent's commands have no use for them. */
const NOT_THEIRS = /^(NODE_CHANNEL_|CODEX_|OPENAI_|ANTHROPIC_API_KEY$|CURSOR_API_KEY$|CEREVISOR_)/;

/** Where the person's own variables are kept from Codex and given back to what it starts. */
const FOLDERS = ['HOME', 'USERPROFILE', 'TMPDIR'] as const;

/**
 * Codex keeps all of its files in folders of ours. It also gets a folder for temporary files there: in a home below the
 * system's it would do without some of its tools.
 */
export async function appServerLaunch(thread: HostThread): Promise<AppServerLaunch> {
  const { connection, harnessFolder } = thread;
  if (connection?.program === undefined || harnessFolder === undefined) {
    const message = 'Codex is not on this machine.';
    throw new HarnessError(failureFor('harness_missing', message));
  }
  const own = connection.configFolder;
  const home = join(harnessFolder, own === undefined ? 'home' : `home-with-login-${hashOf(own)}`);
  const temporary = join(harnessFolder, 'tmp');
  for (const folder of [home, temporary]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (own !== undefined) await linkLogin(own, home);
  return {
    program: connection.program.path,
    arguments: ['app-server', ...SETTINGS.flatMap((setting) => ['-c', setting])],
    environment: {
      ...inherited(process.env),
      [THREAD_VARIABLE]: process.env[THREAD_VARIABLE] ?? '',
      CODEX_HOME: home,
      HOME: harnessFolder,
      USERPROFILE: harnessFolder,
      TMPDIR: temporary,
    },
    folder: harnessFolder,
  };
}

/** What the agent's commands and servers get in place of what Codex itself was started with. */
export function personsFolders(environment: NodeJS.ProcessEnv = process.env) {
  const set = Object.fromEntries(
    FOLDERS.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    set: { HOME: homedir(), ...set },
    exclude: ['CODEX_HOME', ...FOLDERS.filter((name) => name !== 'HOME' && !(name in set))],
  };
}

const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 16);

function inherited(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !NOT_THEIRS.test(entry[0]),
    ),
  );
}

/**
 * The person's own login and nothing else of theirs: their settings could start servers and run hooks. A link, so that
 * a login that Codex renews is renewed for them too.
 */
async function linkLogin(from: string, home: string): Promise<void> {
  const [login, link] = [join(from, 'auth.json'), join(home, 'auth.json')];
  rmSync(link, { force: true });
  try {
    symlinkSync(login, link);
  } catch (error) {
    // Windows lets not everybody make links.
    if (systemErrorCode(error) !== 'EPERM') throw error;
    await copyFile(login, link);
  }
}
