import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { threeWaves } from '../../testing/engine-workflows.ts';
import { sampleRepository } from '../../testing/sample-repository.ts';
import { SystemWorld } from '../../testing/system-world.ts';

/** Everything that a person may hand to `run` and `validate` instead of a sound workflow. */
let world: SystemWorld;
beforeAll(async () => {
  world = await SystemWorld.open();
  await world.run('start');
});
afterAll(() => world.close());

/** Both validations say the same, refuse with exit code 2, and nothing was started. */
async function refused(file: string): Promise<{ run: string; validate: string }> {
  const [run, validate] = await Promise.all([
    world.run('run', file, '--detach'),
    world.run('validate', file),
  ]);
  expect([run.code, validate.code], run.stderr + validate.stdout).toEqual([2, 2]);
  expect(await world.json('sessions', '--all')).toEqual([]);
  return { run: run.stdout + run.stderr, validate: validate.stdout + validate.stderr };
}

describe('a workflow file', () => {
  test('that is missing is named, with the folder for relative paths', async () => {
    const output = await refused('nowhere.cerevisor');
    expect(output.run).toContain('nowhere.cerevisor');
    expect(output.run).toContain('relative paths start from the current folder');
    expect(output.validate).toContain('does not exist');
  });

  test('that is a folder is reported as a folder', async () => {
    mkdirSync(path.join(world.folder, 'folder.cerevisor'));
    const output = await refused('folder.cerevisor');
    for (const words of Object.values(output)) {
      expect(words).toContain('is not a file');
      expect(words).toContain('Name a .cerevisor file');
    }
  });

  test('that is not JSON is reported with line and column', async () => {
    const file = world.write('{\n  "version": "1.0",\n  "id": oops\n}', 'not-json.cerevisor');
    const output = await refused(file);
    for (const words of Object.values(output))
      expect(words).toMatch(/not-json\.cerevisor:3:9: error/);
  });

  test('that is empty or not text is refused with an explanation', async () => {
    const empty = await refused(world.write('', 'empty.cerevisor'));
    expect(empty.run).toContain('empty.cerevisor');
    const file = path.join(world.folder, 'picture.cerevisor');
    writeFileSync(file, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00]));
    const output = await refused(file);
    for (const words of Object.values(output)) expect(words).toContain('not UTF-8 or UTF-16 text');
  });

  test('of a later version suggests an update and reports no other problem', async () => {
    const later = { ...threeWaves(world.repository), version: '2.0', agents: 'a new idea' };
    const output = await refused(world.write(later));
    for (const words of Object.values(output)) {
      expect(words).toContain('version "2.0"');
      expect(words).toContain('Update Cerevisor');
      expect(words).not.toContain('agents');
    }
  });

  test('of 20 MB is refused at once', async () => {
    const file = world.write(`"${'x'.repeat(20_000_000)}"`, 'huge.cerevisor');
    const output = await refused(file);
    for (const words of Object.values(output)) {
      expect(words).toContain('20 MB');
      expect(words).toContain('Check that it is the right file');
    }
  });

  test('with ten schema errors has all of them reported with their lines', async () => {
    const file = world.write(tenFaultsOfShape, 'ten.cerevisor');
    const output = await refused(file);
    for (const words of Object.values(output)) {
      const lines = [...words.matchAll(/ten\.cerevisor:(\d+):\d+: error/g)].map(([, line]) => line);
      expect(lines.map(Number).toSorted((left, right) => left - right)).toEqual([
        2, 3, 6, 7, 10, 11, 15, 16, 19, 20,
      ]);
    }
  });

  test('that violates ten rules has all of them reported with their lines', async () => {
    const file = world.write(tenBrokenRules, 'rules.cerevisor');
    const output = await refused(file);
    for (const words of Object.values(output)) {
      const places = new Set([...words.matchAll(/rules\.cerevisor:(\d+):\d+: error/g)].map(String));
      expect(places.size, words).toBeGreaterThanOrEqual(10);
    }
  });
});

describe('a repository', () => {
  const outcomeOf = async (url: string, ...args: string[]) => {
    const file = world.write(threeWaves(url));
    return world.run('run', file, ...args);
  };

  test('that does not exist ends the session failed, with what to check', async () => {
    const ended = await outcomeOf(path.join(world.folder, 'no-such-repository'));
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('no-such-repository');
    expect(ended.stdout).toMatch(/failed to access repository/i);
    expect(ended.stdout).toContain('Check');
  });

  test('that is a folder without git, and a missing branch, are reported the same way', async () => {
    const noGit = path.join(world.folder, 'no-git');
    mkdirSync(noGit);
    expect(await outcomeOf(noGit)).toMatchObject({ code: 1 });
    const empty = sampleRepository(path.join(world.folder, 'other'));
    const ended = await outcomeOf(empty, '--repo', `${empty}#no-such-branch`);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('no-such-branch');
  });
});

const tenFaultsOfShape = `{
  "version": 1,
  "id": 7,
  "name": "Ten",
  "agents": [
    { "id": 8,
      "name": null,
      "instructions": "x" },
    { "id": "b",
      "name": ["B"],
      "instructions": 9 }
  ],
  "connections": [
    { "id": "c",
      "source": 1,
      "target": 2 }
  ],
  "settings": {
    "runMode": "sideways",
    "cloud": { "repos": "none" }
  }
}
`;

const tenBrokenRules = `{
  "version": "1.0",
  "id": "rules",
  "name": "Rules",
  "agents": [
    { "id": "a", "name": "A",
      "instructions": "" },
    { "id": "a",
      "name": "Twice", "instructions": "x" },
    { "id": "b", "name": "B",
      "instructions": " " },
    { "id": "d", "name": "D", "instructions": "x" },
    { "id": "e",
      "name": "", "instructions": "x" }
  ],
  "connections": [
    { "id": "c1", "source": "b",
      "target": "nobody" },
    { "id": "c2", "source": "ghost",
      "target": "b" },
    { "id": "c3", "source": "d",
      "target": "d" },
    { "id": "c4", "source": "b", "target": "d" },
    { "id": "c4",
      "source": "d", "target": "b" }
  ],
  "settings": { "runMode": "cloud",
    "cloud": { "repos": [
      { "url": "" },
      { "url": "https://me:secret@github.com/a/b" }
    ] } }
}
`;
