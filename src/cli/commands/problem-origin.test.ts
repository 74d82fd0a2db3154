import { expect, test } from 'vitest';
import { problem } from '../../workflow/problem.ts';
import { problemLines } from '../render/problems.ts';
import { type Overrides, withCorrectLocation } from './problem-origin.ts';
import { asContract } from './workflow-problems.ts';

const repos = ['settings', 'cloud', 'repos'];

function headOf(code: string, path: readonly (string | number)[], overrides: Overrides): string {
  const found = { ...problem('error', code, path, 'It is wrong.'), line: 1, column: 346 };
  const [head = []] = problemLines(
    asContract([withCorrectLocation(found, overrides)]),
    'ok.cerevisor',
  );
  return JSON.stringify(head);
}

test.each([
  ['repository_url_malformed', [...repos, 0, 'url'], { repositories: [] }],
  ['too_many_repositories', repos, { repositories: [] }],
  ['repository_out_of_reach', [], { repositories: [] }],
  ['mode_unavailable', ['settings', 'runMode'], { mode: 'local' }],
  ['agent_unknown', ['agents'], {}],
  ['input_too_long', [], {}],
  ['unauthorized', [], {}],
] as const)('%s of an option has no location in the file', (code, path, overrides) => {
  expect(headOf(code, path, overrides)).not.toMatch(/ok\.cerevisor|346|settings|agents/);
});

test.each([
  ['repository_url_malformed', [...repos, 0, 'url'], { mode: 'cloud' }],
  ['repository_out_of_reach', [...repos, 0, 'url'], {}],
  ['mode_unavailable', ['settings', 'runMode'], { repositories: [] }],
  ['agent_name_missing', ['agents', 0, 'name'], { mode: 'cloud', repositories: [] }],
  ['not_an_object', [], {}],
] as const)('%s of the file keeps its line', (code, path, overrides) => {
  expect(headOf(code, path, overrides)).toContain('ok.cerevisor:1:346');
});
