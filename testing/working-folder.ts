import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { WorkspaceCalls, WorkspaceRequest } from '../src/runner/workspace-port.ts';
import type { RawItem } from '../src/transcript/item.ts';
import { removeFolder } from './remove-folder.ts';

/**
 * A user with a repository in `project`, with hooks and git settings that would disturb git commands of Cerevisor, and
 * a home folder for Cerevisor.
 */
export function openWorkingFolder() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cerevisor-folder-')));
  const at = (...parts: string[]) => join(folder, ...parts);
  // A name with spaces, quotes and non-ASCII characters.
  const project = at('my "project" ü');
  /** Runs git without the user's hooks and settings. */
  const settings = ['user.name=A', 'user.email=a@example.com', 'core.hooksPath=/dev/null'];
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
      cwd,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { PATH: process.env.PATH, HOME: at('nobody') },
    }).trim();
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  const home = at('home of Cerevisor');
  mkdirSync(home);
  mkdirSync(project);
  git(project, 'init', '--quiet', '--initial-branch=main');
  write(join(project, 'shop.ts'), 'export const open = true;\n');
  write(join(project, 'src', 'cart.ts'), 'one\ntwo\nthree\n');
  write(join(project, '.gitignore'), '.env\nbuild/\n*.secret\n');
  git(project, 'add', '--all');
  git(project, 'commit', '--quiet', '-m', 'Begin');
  installHostileGitSettings({ at, project, write });

  const environment = {
    PATH: process.env.PATH,
    HOME: at('person'),
    SHELL: '/bin/sh',
    TMPDIR: process.env.TMPDIR,
    CURSOR_API_KEY: 'crsr_canary',
  };
  return {
    at,
    project,
    home,
    git,
    write,
    environment,
    inProject: (...args: string[]) => git(project, ...args),
    hasHookRun: () => existsSync(at('hook-ran')),
    /** Everything in the user's folder that Cerevisor must not change. */
    userState: () => ({
      files: filesIn(project),
      head: readFileSync(join(project, '.git', 'HEAD'), 'utf8'),
      index: existsSync(join(project, '.git', 'index'))
        ? readFileSync(join(project, '.git', 'index')).toString('base64')
        : null,
      config: readFileSync(join(project, '.git', 'config'), 'utf8'),
      hooks: filesIn(join(project, '.git', 'hooks')),
      branches: git(project, 'for-each-ref', '--format=%(refname) %(objectname)')
        .split('\n')
        .filter((line) => !/ ?refs\/(heads\/)?cerevisor/.test(line)),
      stash: existsSync(join(project, '.git', 'refs', 'stash')),
      hasHookRun: existsSync(at('hook-ran')),
    }),
    request: (changes: Partial<WorkspaceRequest> = {}): WorkspaceRequest => ({
      sessionId: 's_0123456789abcdef',
      sessionPrefix: 's_012345',
      workflowName: 'Feature in waves',
      agentName: 'Writer',
      attempt: 1,
      folder: project,
      isolation: 'worktree',
      carryUncommitted: true,
      setup: [],
      copy: [],
      bases: [],
      ...changes,
    }),
    [Symbol.dispose]: () => removeFolder(folder),
  };
}
export type WorkingFolder = ReturnType<typeof openWorkingFolder>;

function installHostileGitSettings({
  at,
  project,
  write,
}: Pick<WorkingFolder, 'at' | 'project' | 'write'>) {
  const names = ['pre-commit', 'commit-msg', 'post-checkout', 'reference-transaction', 'pre-push'];
  for (const folder of [join(project, '.git', 'hooks'), at('templates', 'hooks')]) {
    for (const name of [...names, 'post-index-change', 'prepare-commit-msg', 'post-merge']) {
      write(join(folder, name), `#!/bin/sh\ntouch '${at('hook-ran')}'\nexit 1\n`);
      chmodSync(join(folder, name), 0o755);
    }
  }
  write(
    at('person', '.gitconfig'),
    [
      `[init]\ntemplateDir = ${at('templates')}`,
      '[commit]\ngpgSign = true\n[tag]\ngpgSign = true\n[gpg]\nprogram = false\n[push]\ngpgSign = true',
      '[user]\nuseConfigOnly = true\n[branch]\nautoSetupMerge = always',
      '[merge]\nff = only\nconflictStyle = diff3\nverifySignatures = true\nautoStash = true',
      '[rerere]\nenabled = true\n[status]\nshowUntrackedFiles = no\nrelativePaths = true',
      '[core]\nsafecrlf = true\neditor = false\nfsmonitor = true\n[color]\nui = always',
      '[diff]\nnoprefix = true\nmnemonicPrefix = true\nexternal = false\nrenames = copies',
      '[gc]\nauto = 1\n[fetch]\nprune = true\n[submodule]\nrecurse = true\n[pull]\nrebase = true',
    ].join('\n'),
  );
}

function filesIn(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(folder.length + 1);
    if (name === '.git' || name.startsWith('.git/') || entry.isDirectory()) continue;
    files[name] = entry.isSymbolicLink()
      ? `-> ${readlinkSync(path)}`
      : `${lstatSync(path).mode} ${readFileSync(path).toString('base64')}`;
  }
  return files;
}

/** Workspace calls that record the items. */
export function recordItems(signal: AbortSignal = new AbortController().signal) {
  const items: RawItem[] = [];
  const calls: WorkspaceCalls = { signal, onItem: (item) => items.push(item) };
  return { items, calls };
}
