import type { HostThread } from '../src/runner/harness/harness.ts';
import type { WorldHarness } from './local/local-world.ts';
import type { HostWorld } from './local-host.ts';

/** A thread of Cerevisor's own loop, with the rehearsal cloud as its provider. */
export function ownLoopThread(
  world: HostWorld,
  api: 'chat-completions' | 'anthropic-messages' = 'chat-completions',
  more: Partial<HostThread> = {},
): HostThread {
  const isAnthropic = api === 'anthropic-messages';
  return world.newThread({
    harness: 'openai-compatible',
    model: isAnthropic ? 'claude-sonnet-5-5' : 'rehearsal-model',
    apiKey: 'sk-only-over-ipc',
    connection: { api, baseUrl: `${world.url}${isAnthropic ? '/anthropic/v1' : '/openai/v1'}` },
    ...more,
  });
}

/** The harness of Cerevisor's own loop, for tests with a runner. */
export const ownLoop: WorldHarness = {
  harness: 'openai-compatible',
  model: 'rehearsal-model',
  connection: (url) => ({
    apiKey: 'sk-canary-key-0123456789',
    baseUrl: `${url}/openai/v1`,
    api: 'chat-completions',
  }),
};
