import { expect, test } from 'vitest';
import { busySession } from '../../../testing/sample-session.ts';
import type { ArtifactList } from '../../contract/responses.ts';
import { artifactNotices } from './artifacts.ts';

const session = busySession();
const [agent] = session.agents;

/** The notices for one agent without artifacts, in this status. */
function noticeText(status: 'running' | 'failed' | 'cancelled' | 'skipped'): string {
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
  const lines = artifactNotices(list, view, 0);
  return lines.map((parts) => parts.map(({ text }) => text).join('')).join(' ');
}

test('announces later artifacts only for agents that are at work', () => {
  expect(noticeText('running')).toContain('Some agents have not finished');
  for (const status of ['failed', 'cancelled', 'skipped'] as const)
    expect(noticeText(status)).toBe('No artifacts.');
});
