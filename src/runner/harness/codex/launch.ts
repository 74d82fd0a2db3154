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
  /** Contains no keys; each thread has its own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
};

/**
 * Disabled features: those that contact services other than the model's (plugins and apps are downloaded from
 * github.com and chatgpt.com), those of Codex's own app (browser, dictation, goals), and those that would run outside
 * the visible turns (subagents, memories, the user's hooks).
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

/** Variables of this process or of other providers, which the agent's commands do not need. */
const REMOVED = /^(NODE_CHANNEL_|CODEX_|OPENAI_|ANTHROPIC_API_KEY$|CURSOR_API_KEY$|CEREVISOR_)/;

/** Variables that are replaced for Codex and restored for its commands. */
const FOLDERS = ['HOME', 'USERPROFILE', 'TMPDIR'] as const;

/**
 * Codex keeps all of its files in our folders. Its folder for temporary files is there too: Codex disables some tools
 * if its home is below the system's temporary folder.
 */
export async function appServerLaunch(thread: HostThread): Promise<AppServerLaunch> {
  const { connection, harnessFolder } = thread;
  if (connection?.program === undefined || harnessFolder === undefined) {
    const message = 'Codex is not on this machine.';
    throw new HarnessError(failureFor('harness_missing', message));
  }
  const configFolder = connection.configFolder;
  const home = join(
    harnessFolder,
    configFolder === undefined ? 'home' : `home-with-login-${hashOf(configFolder)}`,
  );
  const temporary = join(harnessFolder, 'tmp');
  for (const folder of [home, temporary]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (configFolder !== undefined) await linkLogin(configFolder, home);
  return {
    program: connection.program.path,
    arguments: ['app-server', ...SETTINGS.flatMap((setting) => ['-c', setting])],
    environment: {
      ...inheritedEnvironment(process.env),
      [THREAD_VARIABLE]: process.env[THREAD_VARIABLE] ?? '',
      CODEX_HOME: home,
      HOME: harnessFolder,
      USERPROFILE: harnessFolder,
      TMPDIR: temporary,
    },
    folder: harnessFolder,
  };
}

/** The user's values of these variables, for the agent's commands and servers. */
export function userFolders(environment: NodeJS.ProcessEnv = process.env) {
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

function inheritedEnvironment(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !REMOVED.test(entry[0]),
    ),
  );
}

/**
 * Links only the user's login: their settings could start servers and run hooks. A link, so that a login that Codex
 * renews is renewed for the user too.
 */
async function linkLogin(from: string, home: string): Promise<void> {
  const [login, link] = [join(from, 'auth.json'), join(home, 'auth.json')];
  rmSync(link, { force: true });
  try {
    symlinkSync(login, link);
  } catch (error) {
    // On Windows, not every user may create links.
    if (systemErrorCode(error) !== 'EPERM') throw error;
    await copyFile(login, link);
  }
}
