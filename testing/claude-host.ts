import type { PermissionDecision } from '../src/permissions/tool-request.ts';
import type { HostThread } from '../src/runner/harness/harness.ts';
import type { TranscriptItem } from '../src/transcript/item.ts';
import { cachedClaude } from './harness-cache.ts';
import type { HostWorld } from './local-host.ts';

/** Null if Claude Code is not cached: its tests are skipped then. */
export const claude = cachedClaude();

export const CLAUDE_KEY = 'sk-ant-canary-0123456789';

/** A Claude Code thread whose model is the rehearsal cloud. */
export function claudeThread(world: HostWorld, more: Partial<HostThread> = {}): HostThread {
  const { model: _, ...thread } = world.newThread({
    harness: 'claude',
    apiKey: CLAUDE_KEY,
    connection: {
      baseUrl: `${world.url}/anthropic`,
      api: 'anthropic-messages',
      ...(claude === null ? {} : { program: claude }),
    },
  });
  return { ...thread, ...more };
}

type Policy = NonNullable<HostThread['permissions']>;

export const policy = (every: PermissionDecision, more: Partial<Policy> = {}): Policy => ({
  filesystemWrite: every,
  execution: every,
  network: every,
  mcp: every,
  rules: [],
  ...more,
});

/** The same thread with earlier turns, as after a restart of its host. */
export const resumed = (thread: HostThread): HostThread => ({ ...thread, isNew: false });

export const calls = (items: readonly TranscriptItem[]): readonly string[] =>
  items.flatMap((item) => (item.kind === 'tool-call' ? `${item.name} ${item.status}` : []));

export const notices = (items: readonly TranscriptItem[]): readonly string[] =>
  items.flatMap((item) => (item.kind === 'notice' ? item.text : []));

/** The results of all calls of a tool, in order. */
export const resultsOf = (items: readonly TranscriptItem[], name: string): readonly unknown[] =>
  items.flatMap((item) =>
    item.kind === 'tool-call' && item.name === name && item.status !== 'running'
      ? [item.result]
      : [],
  );
