import { fileURLToPath } from 'node:url';
import type { ReadHistory } from './harness/adapter.ts';
import { readClaudeHistory } from './harness/claude/history.ts';
import { runProgram } from './program.ts';
import type { HostProgram, ThreadRequest } from './threads/context.ts';
import { openWorkspaces } from './workspace/workspaces.ts';

/** Host programs. Named by URL, so that the bundler includes them without an import. */
const HOSTS: Readonly<Record<ThreadRequest['harness'], HostProgram>> = {
  'cursor-local': {
    file: fileURLToPath(new URL('./harness/cursor-local/cursor-host.ts', import.meta.url)),
    isShared: false,
  },
  'openai-compatible': {
    file: fileURLToPath(new URL('./harness/own-loop/own-loop-host.ts', import.meta.url)),
    isShared: false,
  },
  claude: {
    file: fileURLToPath(new URL('./harness/claude/claude-host.ts', import.meta.url)),
    isShared: false,
  },
  codex: {
    file: fileURLToPath(new URL('./harness/codex/codex-host.ts', import.meta.url)),
    isShared: true,
  },
};

/** Harnesses that may continue after their host has exited. */
const HISTORIES: Readonly<Partial<Record<ThreadRequest['harness'], ReadHistory>>> = {
  claude: readClaudeHistory,
};

await runProgram({
  workspaces: (home) => openWorkspaces({ home }),
  hostProgram: (harness) => HOSTS[harness],
  historyOf: (harness) => HISTORIES[harness] ?? null,
});
