import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../testing/settings.ts';
import { SettingsFile } from '../settings/settings-file.ts';
import { ProviderLibrary } from './library.ts';

function libraryIn(
  home: string,
  options: { environment?: Record<string, string>; isRehearsal?: boolean } = {},
) {
  const notices: string[] = [];
  const file = new SettingsFile({ home, now: () => 1, onDamaged: (text) => notices.push(text) });
  const library = new ProviderLibrary({
    file,
    environment: options.environment ?? {},
    isRehearsal: () => options.isRehearsal ?? false,
    onNotice: (text) => notices.push(text),
  });
  return { library, notices };
}

const write = (home: string, content: object) =>
  writeFileSync(join(home, 'settings.json'), JSON.stringify(content));

const idsOf = (library: ProviderLibrary) =>
  library.entries().map(({ id, isDefault }) => (isDefault ? `${id} (default)` : id));

test('without stored entries there is Cursor Agent, and what the environment or a rehearsal provides', () => {
  using folder = temporaryFolder();
  const { home } = folder;
  expect(idsOf(libraryIn(home).library)).toEqual(['cursor-agent (default)']);
  const environment = { OPENAI_API_KEY: 'sk-0123456789' };
  expect(idsOf(libraryIn(home, { environment }).library)).toEqual([
    'cursor-agent (default)',
    'openai-compatible',
    'codex',
  ]);
  expect(idsOf(libraryIn(home, { isRehearsal: true }).library)).toEqual([
    'cursor-agent (default)',
    'anthropic',
    'openai-compatible',
    'codex',
  ]);
});

test('a type stands for its default entry, or for its first one', () => {
  using folder = temporaryFolder();
  const local = { type: 'openai-compatible', baseUrl: 'http://localhost:11434/v1' };
  write(folder.home, {
    providers: [
      { id: 'ollama', name: 'Ollama', ...local },
      { id: 'big', name: 'Big', ...local, isDefault: true, defaultModel: 'large' },
      { id: 'light', type: 'anthropic', name: 'Light', harness: 'own-loop' },
    ],
  });
  const { defaultId, choices } = libraryIn(folder.home).library.table();
  expect(defaultId).toBe('big');
  expect(choices['openai-compatible']).toEqual({
    id: 'big',
    name: 'Big',
    runtime: 'openai-compatible',
    model: 'large',
  });
  expect(choices.ollama?.id).toBe('ollama');
  expect(choices.anthropic).toEqual({ id: 'light', name: 'Light', runtime: 'openai-compatible' });
  expect(choices.codex).toBeUndefined();
});

test('invalid entries are reported, and kept when valid ones are written', () => {
  using folder = temporaryFolder();
  write(folder.home, {
    theme: 'dark',
    providers: [
      { id: 'Not an id', type: 'anthropic', name: 'x' },
      { id: 'later', type: 'of-a-later-version', name: 'y', more: true },
      { id: 'mine', type: 'codex', name: 'Mine', comment: 'kept' },
      { id: 'mine', type: 'anthropic', name: 'Twice' },
    ],
  });
  const { library, notices } = libraryIn(folder.home);
  expect(idsOf(library)).toEqual(['cursor-agent (default)', 'mine']);
  expect(notices).toHaveLength(3);
  library.write((entries) => entries.map((entry) => ({ ...entry, name: 'Renamed' })));
  const content = JSON.parse(readFileSync(join(folder.home, 'settings.json'), 'utf8'));
  expect(content.theme).toBe('dark');
  expect(content.providers).toEqual([
    { id: 'mine', type: 'codex', name: 'Renamed', comment: 'kept', isDefault: false },
    { id: 'Not an id', type: 'anthropic', name: 'x' },
    { id: 'later', type: 'of-a-later-version', name: 'y', more: true },
  ]);
});
