import { expect, test } from 'vitest';
import { sampleWorkflow } from '../../../testing/sample-workflow.ts';
import { upcast, versionOf } from './upcasters.ts';
import { workflowSnapshotSchema } from './workflow-snapshot.ts';

const bare = {
  version: '1.0',
  id: 'w',
  name: 'W',
  agents: [{ id: 'a', name: 'A' }],
  connections: [{ source: 'a', target: 'b' }],
};

/** What a snapshot of the given version reads as today. */
function readBack(version: number, workflow: object) {
  const event = upcast('SessionStarted', version, { type: 'SessionStarted', workflow });
  return workflowSnapshotSchema.parse(event?.workflow);
}

test('a snapshot is read as the document that it was created from', () => {
  const workflow = sampleWorkflow({
    agents: [
      { id: 'a', runMode: 'local', planFirst: true },
      { id: 'b', loop: { exitCondition: 'No test fails.', maxIterations: 4 } },
    ],
    connections: [
      { source: 'a', target: 'b', flowType: 'conditional', expression: 'handoff.isReady' },
    ],
    settings: {
      local: { folder: '../shop', isolation: 'in-place', setup: ['npm ci'], copy: ['.env'] },
      permissions: { network: 'deny' },
      loopAndEnhance: { enabled: true, maxRounds: 2 },
    },
  });
  const stored = JSON.parse(JSON.stringify(workflow));
  expect(readBack(versionOf('SessionStarted'), stored)).toEqual(workflow);
});

test('a snapshot from before local runs and loops is read with the current defaults', () => {
  expect(readBack(1, bare).settings).toMatchObject({
    local: { isolation: 'worktree', carryUncommitted: true, setup: [], copy: [] },
    permissions: {},
    loopAndEnhance: { enabled: false, maxRounds: 3 },
  });
});

test('fields that had no effect when a session began have none later', () => {
  const workflow = {
    ...bare,
    agents: [{ id: 'a', name: 'A', runMode: 'cluster', planFirst: 'yes', loop: null, skills: [] }],
    connections: [{ source: 'a', target: 'b', expression: 7 }],
    settings: { local: 'here', permissions: { execution: 'Allow' }, loopAndEnhance: [], mine: 1 },
  };
  const read = readBack(1, workflow);
  expect(read.agents).toEqual([{ ...readBack(1, bare).agents[0], skills: [] }]);
  expect(read.connections).toEqual(readBack(1, bare).connections);
  expect(read.settings).toEqual({ ...readBack(1, bare).settings, mine: 1 });
});
