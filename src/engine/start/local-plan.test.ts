import { expect, test } from 'vitest';
import { testMachine } from '../../../testing/local-machine.ts';
import { workflowSchema } from '../../workflow/schema.ts';
import { localPlanOf } from './local-plan.ts';

const workflow = workflowSchema.parse({
  version: '1.0',
  id: 'w',
  name: 'W',
  agents: [{ id: 'a', name: 'A' }],
  settings: { runMode: 'local' },
});

const codesOn = async (machine: Parameters<typeof testMachine>[0], folder?: string) => {
  const request = { workflow, ...(folder === undefined ? {} : { folder }) };
  const { problems } = await localPlanOf(testMachine(machine), workflow, request, []);
  return problems.map(({ code }) => code);
};

const obstacles = async () => [
  { code: 'git_missing', message: 'No git.', suggestion: 'Install it.' },
];
const missing = async () => ({ kind: 'missing', reason: 'it does not exist' }) as const;
const plain = async (path: string) => ({ kind: 'plain', path, isWritable: true }) as const;

test('reports that git is missing, and not that folders have no repository', async () => {
  expect(await codesOn({ obstacles, examine: missing })).toEqual(['git_missing']);
  expect(await codesOn({ obstacles, examine: plain }, '/shop')).toEqual(['git_missing']);
  expect(await codesOn({ examine: missing })).toEqual(['folder_unnamed']);
  expect(await codesOn({ examine: plain }, '/shop')).toEqual(['folder_without_git']);
});

test('reports a missing folder together with other obstacles', async () => {
  expect(await codesOn({ obstacles, examine: missing }, '/shop')).toEqual([
    'git_missing',
    'folder_missing',
  ]);
});
