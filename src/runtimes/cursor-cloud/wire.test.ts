import { describe, expect, it } from 'vitest';
import { valueSchemas } from './sdk-host/protocol.ts';
import { createFrameParser } from './stream/frame-parser.ts';
import {
  agentListSchema,
  agentSchema,
  artifactListSchema,
  resultFrameSchema,
  runListSchema,
  runSchema,
  toTurnRecord,
} from './wire.ts';

const branchesOf = (...branches: unknown[]) => {
  const run = runSchema.parse({ id: 'run-1', status: 'FINISHED', git: { branches } });
  return toTurnRecord('bc-1', 'run-1', run);
};
const repoUrl = 'github.com/acme/shop';

describe('names from outside are validated', () => {
  it.each([
    'nul\u0000byte',
    'line\nbreak',
    'escape\u001b[31m',
    'c1\u009b31m',
    'turned\u202egnp',
    'isolated\u2066x',
    '\ud800alone',
    '--upload-pack=touch',
    'two..dots',
    'with space',
    'colon:path',
    'x'.repeat(5_000),
    '',
    7,
    {},
  ])('a branch named %j is left out and reported', (branch) => {
    const record = branchesOf({ repoUrl, branch }, { repoUrl, branch: 'cursor/good' });
    expect(record.branches).toEqual([{ repoUrl }, { repoUrl, branch: 'cursor/good' }]);
    expect(record.notes).toEqual([expect.stringContaining('left out')]);
  });

  it('a repository or pull request with such a name is left out as well', () => {
    const record = branchesOf(
      { repoUrl: 'github.com/acme/\u0000', branch: 'main' },
      { branch: 'main' },
      null,
      { repoUrl, branch: 'main', prUrl: 'javascript:alert(1)' },
      { repoUrl, branch: 'next', prUrl: 'https://github.com/acme/shop/pull/1\n' },
    );
    expect(record.branches).toEqual([
      { repoUrl, branch: 'main' },
      { repoUrl, branch: 'next' },
    ]);
    expect(record.notes?.[0]).toMatch(/^5 branches .* are left out\.$/);
  });

  it.each([
    'ext::sh -c id',
    'ext::sh',
    '--upload-pack=x',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://',
    'acme shop',
  ])('a repository named %j is left out and reported', (bad) => {
    const record = branchesOf({ repoUrl: bad, branch: 'main' });
    expect(record.branches).toEqual([]);
    expect(record.notes).toEqual([expect.stringMatching(/^A branch .* is left out\.$/)]);
  });

  it.each([
    'github.com/acme/shop',
    'acme/shop',
    'https://github.com/acme/shop.git',
    'https://git.example.com:8443/acme/shop',
    'git.example.com:8443/acme/shop',
    'git@github.com:acme/shop.git',
    'github.com:acme/shop.git',
    'ssh://git@github.com/acme/shop',
    'file:///srv/shop',
    '/srv/shop',
    '/home/Jane Doe/a::b',
    'C:\\Users\\Jane Doe\\shop',
  ])('a repository named %s is accepted', (good) => {
    expect(branchesOf({ repoUrl: good, branch: 'main' })).not.toHaveProperty('notes');
  });

  it.each(['nope', 7, { repoUrl }, true])(
    'branches that are not a list (%j) are reported',
    (branches) => {
      const run = runSchema.parse({ id: 'run-1', status: 'FINISHED', git: { branches } });
      expect(toTurnRecord('bc-1', 'run-1', run).notes).toHaveLength(1);
      expect(toTurnRecord('bc-1', 'run-1', run).branches).toEqual([]);
    },
  );

  it('missing branches are not reported', () => {
    for (const git of [undefined, null, {}, { branches: null }, { branches: [] }]) {
      const run = runSchema.parse({ id: 'run-1', status: 'FINISHED', git });
      expect(toTurnRecord('bc-1', 'run-1', run)).not.toHaveProperty('notes');
    }
  });

  it('valid branches are not reported', () => {
    const whole = {
      repoUrl,
      branch: 'cursor/fix-#12_ü',
      prUrl: 'https://github.com/acme/shop/pull/1',
    };
    const record = branchesOf(whole, { repoUrl, branch: null });
    expect(record.branches).toEqual([whole, { repoUrl }]);
    expect(record).not.toHaveProperty('notes');
  });

  it('the result of a stream is validated like a record', () => {
    const git = { branches: [{ repoUrl, branch: 'a\u0000' }] };
    const frame = resultFrameSchema.parse({ status: 'FINISHED', text: 'a\u0000b', git });
    expect(toTurnRecord('bc-1', 'run-1', frame)).toMatchObject({ branches: [{ repoUrl }] });
    expect(frame.text).toBe('a\u0000b');
  });

  it('ids, pages and titles of agents', () => {
    expect(agentSchema.safeParse({ id: 'bc-\u0000' }).success).toBe(false);
    expect(runSchema.safeParse({ id: 'r'.repeat(300), status: 'RUNNING' }).success).toBe(false);
    const agent = agentSchema.parse({
      id: 'bc-1',
      name: 'A\u0007 name\u202e',
      url: 'file:///etc/passwd',
      latestRunId: 'run\n1',
      createdAt: 'yesterday',
    });
    expect(agent).toEqual({ id: 'bc-1', name: 'A  name' });
  });

  it('results of the SDK host', () => {
    const models = valueSchemas.models.parse([
      { id: 'm\u0000' },
      { id: 'good', aliases: ['a', 'b\n'] },
    ]);
    expect(models).toEqual([{ id: 'good', aliases: ['a'] }]);
    const repositories = [{ url: 'https://x/\u0000' }, {}, { url: 'https://x/y' }];
    expect(valueSchemas.repositories.parse(repositories)).toEqual([{ url: 'https://x/y' }]);
    const started = { agentId: 'bc-1', runId: 'run \u0000', status: 'CREATING' };
    expect(valueSchemas.launch.safeParse(started).success).toBe(false);
  });

  it('an event id that is not valid in a header counts as absent', () => {
    const ids: (string | undefined)[] = [];
    const parser = createFrameParser({ onFrame: ({ id }) => ids.push(id), onOversized() {} });
    for (const id of ['1-0', 'a\u0001b', 'ü', 'x'.repeat(999)]) {
      parser.feed(`id: ${id}\nevent: assistant\ndata: {}\n\n`);
    }
    expect(ids).toEqual(['1-0', undefined, undefined, undefined]);
  });
});

it('an invalid item of a list does not affect the others', () => {
  const agents = {
    items: [{ name: 'no id' }, null, 7, { id: 'bc-1', metadata: { a: 1 } }, { id: 'bc-2' }],
  };
  expect(agentListSchema.parse(agents).items.map(({ id }) => id)).toEqual(['bc-1', 'bc-2']);
  const runs = { items: [{ id: 'run-1' }, { id: 'run-2', status: 'RUNNING' }] };
  expect(runListSchema.parse(runs).items.map(({ id }) => id)).toEqual(['run-2']);
  const artifacts = {
    items: [{ path: 'a' }, { path: 'b', sizeBytes: 1 }, { path: 'x'.repeat(9_999), sizeBytes: 1 }],
  };
  expect(artifactListSchema.parse(artifacts).items.map(({ path }) => path)).toEqual(['b']);
});
