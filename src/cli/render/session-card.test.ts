import { expect, test } from 'vitest';
import { sampleAgent, sampleSession } from '../../../testing/sample-session.ts';
import { paint } from '../terminal/lines.ts';
import { sessionCard } from './session-card.ts';

test.each([
  ['x', '1 character'],
  ['', '0 characters'],
  ['done', '4 characters'],
])('says how long the hand-off %j is', (content, size) => {
  const planner = sampleAgent({ name: 'Planner', status: 'completed' });
  const builder = sampleAgent({ name: 'Builder', wave: 2 });
  const handoff = {
    connectionId: 'c1',
    sourceAgentId: planner.id,
    targetAgentId: builder.id,
    format: 'summary',
    content,
    artifacts: [],
    outputFiles: [],
    branches: [],
  };
  const view = sampleSession({ agents: [planner, builder], handoffs: [handoff] });
  const lines = sessionCard(view, { now: Date.parse('2026-05-18T12:10:00Z'), unicode: true });
  const text = lines.map((each) => paint(each, { colour: false, unicode: true })).join('\n');
  expect(text).toMatch(new RegExp(`summary to Builder, ${size}$`, 'm'));
});
