import type { ProviderView } from '../src/contract/providers.ts';
import type { McpValueService, ProviderService } from '../src/server/services.ts';

const cursor: ProviderView = {
  id: 'cursor-agent',
  type: 'cursor-agent',
  name: 'Cursor Agent',
  isDefault: true,
  isBuiltin: true,
  baseUrl: null,
  defaultModel: null,
  harness: null,
  program: null,
  loginFolder: null,
  runtime: 'cursor-local',
  key: { source: 'none', masked: null, notice: null },
  needs: null,
  problem: null,
};

const unknown = async () => ({
  ok: false as const,
  error: { code: 'provider_not_found', message: 'There is no such provider.' },
});
const harness = async (name: 'claude' | 'codex' | 'claude-sdk') => ({
  name,
  title: name,
  state: 'missing' as const,
  version: '1.0.0',
  doneBytes: null,
  totalBytes: 1,
  error: null,
  own: null,
});

/** A read-only provider library that contains Cursor Agent only. */
export const cursorAlone: ProviderService = {
  known: () => ({ defaultId: 'cursor-agent', references: ['cursor-agent'] }),
  list: async () => [cursor],
  add: unknown,
  change: unknown,
  remove: unknown,
  makeDefault: unknown,
  saveKey: unknown,
  clearKey: unknown,
  detect: unknown,
  validate: unknown,
  smokeTest: unknown,
  models: unknown,
  harnesses: async () => [],
  fetchHarness: harness,
  cancelFetch: harness,
};

/** A store without values. */
export const noMcpValues: McpValueService = {
  list: async (names) => names.map((name) => ({ name, source: 'none', masked: null })),
  save: async (name) => ({ ok: true, value: { name, source: 'keychain', masked: '••••' } }),
  clear: async (name) => ({ ok: true, value: { name, source: 'none', masked: null } }),
};
