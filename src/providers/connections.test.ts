import { expect, test } from 'vitest';
import { Connections } from './connections.ts';
import { type ProviderEntry, providerEntrySchema } from './entry.ts';

function connectionsWith(
  entry: Partial<ProviderEntry> & { type: ProviderEntry['type'] },
  { key = null, rehearsal = null }: { key?: string | null; rehearsal?: string | null } = {},
) {
  const whole = providerEntrySchema.parse({ id: 'mine', name: 'Mine', ...entry });
  return new Connections({
    library: { entry: (id) => (id === 'mine' ? whole : undefined) },
    // Only the key is read.
    keys: { credentialsFor: () => ({ key: async () => key }) } as never,
    rehearsalUrl: () => rehearsal,
    programOf: async () => ({ ok: true, value: undefined }),
  }).connect('mine');
}

const key = 'key-0123456789';
const rehearsal = 'http://127.0.0.1:4010';

test('the address of each type of provider has the path that its harness expects', async () => {
  const addresses = async (entry: Parameters<typeof connectionsWith>[0]) => {
    const real = await connectionsWith(entry, { key });
    const rehearsed = await connectionsWith(entry, { rehearsal });
    return [real, rehearsed].map((answer) => (answer.ok ? answer.value.baseUrl : answer.error));
  };
  expect(await addresses({ type: 'anthropic' })).toEqual([undefined, `${rehearsal}/anthropic`]);
  expect(await addresses({ type: 'anthropic', harness: 'own-loop' })).toEqual([
    undefined,
    `${rehearsal}/anthropic/v1`,
  ]);
  expect(await addresses({ type: 'codex' })).toEqual([
    'https://api.openai.com/v1',
    `${rehearsal}/openai/v1`,
  ]);
  const proxy = 'https://proxy.example/claude/v1/';
  const [claude] = await addresses({ type: 'anthropic', baseUrl: proxy });
  const [light] = await addresses({ type: 'anthropic', harness: 'own-loop', baseUrl: proxy });
  expect([claude, light]).toEqual([
    'https://proxy.example/claude',
    'https://proxy.example/claude/v1',
  ]);
});

test('a provider with a key is called directly, even while Cursor is rehearsed', async () => {
  expect(await connectionsWith({ type: 'codex' }, { key, rehearsal })).toMatchObject({
    value: { apiKey: key, baseUrl: 'https://api.openai.com/v1', api: 'responses' },
  });
});

test('only a self-hosted server works without a key', async () => {
  const baseUrl = 'http://localhost:11434/v1';
  expect(await connectionsWith({ type: 'openai-compatible', baseUrl }, { rehearsal })).toEqual({
    ok: true,
    value: { apiKey: 'no-key', baseUrl, api: 'chat-completions' },
  });
  expect(await connectionsWith({ type: 'anthropic', baseUrl }, { rehearsal })).toMatchObject({
    error: { code: 'unauthorized', message: 'There is no API key for Mine.' },
  });
  expect(await connectionsWith({ type: 'codex' })).toMatchObject({
    error: { code: 'unauthorized' },
  });
});

test("for a user's own login only its folder is passed on, no key", async () => {
  const login = { kind: 'own', folder: '/home/me/.claude' } as const;
  expect(await connectionsWith({ type: 'anthropic', login }, { key, rehearsal })).toEqual({
    ok: true,
    value: { apiKey: 'no-key', api: 'anthropic-messages', configFolder: '/home/me/.claude' },
  });
});
