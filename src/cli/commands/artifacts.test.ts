import { expect, test } from 'vitest';
import { busySession } from '../../../testing/sample-session.ts';
import type { ArtifactList } from '../../contract/responses.ts';
import { remarks } from './artifacts.ts';

const session = busySession();
const [agent] = session.agents;

/** What is said of one agent without artifacts, in this status. */
function saidOf(status: 'running' | 'failed' | 'cancelled' | 'skipped'): string {
  if (agent === undefined) throw new Error('The sample has no agents.');
  const entry = {
    agentId: agent.id,
    name: agent.name,
    directory: '',
    artifacts: [],
    earlier: [],
    error: null,
  };
  const list: ArtifactList = { directory: '', agents: [{ ...entry, state: 'pending' }] };
  const view = { ...session, agents: [{ ...agent, status }] };
  const lines = remarks(list, view, 0);
  return lines.map((parts) => parts.map(({ text }) => text).join('')).join(' ');
}

test('waits for the artifacts of agents that are at work, and of no others', () => {
  expect(saidOf('running')).toContain('Some agents have not finished');
  for (const status of ['failed', 'cancelled', 'skipped'] as const)
    expect(saidOf(status)).toBe('No artifacts.');
});
