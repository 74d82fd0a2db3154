import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../store/store.ts';
import { ScriptRegistry } from './script-registry.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const prompt = { agentId: 'bc-1', agentName: 'A', text: 'Do it.' };

it('keeps scripts and their counters after a restart', () => {
  const first = openStore(join(folder, 'rehearsal.db'));
  const registry = new ScriptRegistry(first);
  registry.add({ match: { text: 'do', nth: 2 }, answer: 'yes' });
  expect(registry.fire(prompt)).toBeUndefined();
  first.close();
  const second = openStore(join(folder, 'rehearsal.db'));
  const again = new ScriptRegistry(second);
  expect(again.fire(prompt)).toMatchObject({ answer: 'yes' });
  expect(again.fire(prompt)).toBeUndefined();
  expect(again.list()).toMatchObject([{ seen: 3, fired: 1 }]);
  second.close();
});

it('uses the oldest script that fires, and counts a prompt for all scripts that match it', () => {
  const store = openStore(join(folder, 'rehearsal.db'));
  const registry = new ScriptRegistry(store);
  for (const nth of [1, 2, 3])
    registry.add({ match: { agent: 'A', nth }, answer: `answer ${nth}` });
  registry.add({ match: {}, answer: 'any', script: 'say x' });
  const answers = Array.from({ length: 4 }, () => registry.fire(prompt)?.answer);
  expect(answers).toEqual(['answer 1', 'answer 2', 'answer 3', 'any']);
  store.close();
});
