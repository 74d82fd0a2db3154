import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCommand, temporaryHome } from '../../testing/command-line.ts';

const workflow = (settings: object) =>
  JSON.stringify({
    version: '1.0',
    id: 'shop',
    name: 'Shop',
    agents: [{ id: 'plan', name: 'Planner', instructions: 'Plan.' }],
    settings: { runMode: 'local', ...settings },
  });

test('a provider that the library of this machine does not have is a warning, also without a daemon', async () => {
  using home = temporaryHome();
  const file = path.join(home.folder, 'shop.cerevisor');
  const library = [{ id: 'my-ollama', type: 'openai-compatible', name: 'Ollama' }];
  writeFileSync(path.join(home.folder, 'settings.json'), JSON.stringify({ providers: library }));
  const codesFor = async (settings: object) => {
    writeFileSync(file, workflow(settings));
    const { code, stdout } = await runCommand(home.folder, ['validate', file, '--json']);
    expect(code).toBe(0);
    const { problems } = JSON.parse(stdout) as { problems: { code: string; severity: string }[] };
    return problems.map((problem) => `${problem.severity} ${problem.code}`);
  };
  expect(await codesFor({ providerId: 'my-ollama' })).toEqual([]);
  expect(await codesFor({ providerId: 'anthropic' })).toEqual([]);
  expect(await codesFor({ providerId: 'my-olama' })).toEqual(['warning provider_unknown']);
});

test('the cloud is not possible where the default of this machine is another provider', async () => {
  using home = temporaryHome();
  const file = path.join(home.folder, 'shop.cerevisor');
  const library = [{ id: 'mine', type: 'anthropic', name: 'Mine', isDefault: true }];
  writeFileSync(path.join(home.folder, 'settings.json'), JSON.stringify({ providers: library }));
  const cloud = { repos: [{ url: 'https://github.com/acme/shop' }] };
  writeFileSync(file, workflow({ runMode: 'cloud', cloud }));
  const { code, stderr, stdout } = await runCommand(home.folder, ['validate', file]);
  expect(code, stderr).toBe(2);
  expect(stdout).toContain('only Cursor Agent has a cloud');
});
