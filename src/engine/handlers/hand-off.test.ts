import { expect, test } from 'vitest';
import { directChecker } from '../../../testing/handoff-checker.ts';
import { openTemporaryJournal } from '../../../testing/journal.ts';
import {
  runId,
  sessionId,
  sessionStarted,
  threadId,
} from '../../../testing/session/sample-events.ts';
import { agentId } from '../../workflow/ids.ts';
import { workflowSchema } from '../../workflow/schema.ts';
import { sessionProjection } from '../projection.ts';
import { requireSession } from '../require-session.ts';
import { handOff } from './hand-off.ts';

const a = agentId('a');
const about = { agentId: a, attempt: 1, round: 1 } as const;
const work = 'The whole story.\n\n```json\n{"ok": tru\n```';
const artifacts = [{ path: 'artifacts/report.md', sizeBytes: 12 }];
const repair = '```json\n{"ok": true}\n```';

/** One agent with one hand-off that is structured and one that carries everything. */
const workflow = workflowSchema.parse({
  version: '1.0',
  id: 'w',
  name: 'w',
  agents: ['a', 'b'].map((id) => ({ id, name: id })),
  connections: [
    { id: 'story', source: 'a', target: 'b', handoffFormat: 'full-output' },
    {
      id: 'facts',
      source: 'a',
      target: 'b',
      handoffFormat: 'structured-json',
      handoffSchema: true,
    },
  ],
});

function openStory() {
  const opened = openTemporaryJournal({ projection: sessionProjection });
  const { journal } = opened;
  const finish = (turn: string, result: string) =>
    journal.append(sessionId, [
      {
        type: 'RunEnded',
        ...about,
        turnId: runId(turn),
        outcome: 'finished',
        result,
        branches: [],
        source: 'stream',
        whileAway: false,
      },
    ]);
  const id = { threadId: threadId('bc-a') };
  journal.append(sessionId, [
    sessionStarted(workflow),
    {
      type: 'LaunchIntended',
      runtime: 'cursor-cloud',
      account: null,
      ...about,
      ...id,
      requestHash: '',
      prompt: '',
      repositories: [],
      autoCreatePr: false,
    },
    { type: 'Launched', ...about, ...id, turnId: runId('run-1'), adopted: false },
  ]);
  const handOffNow = () =>
    handOff({
      // Only what handing off touches.
      context: {
        journal,
        lookUpCommits: async () => new Map(),
        handoffs: directChecker,
        ids: { followUp: () => 'f_1' },
        runtime: () => ({
          capabilities: { artifacts: true },
          listArtifacts: async () => ({ ok: true, value: artifacts }),
        }),
        clock: { sleep: () => new Promise(() => undefined) },
      } as never,
      sessionId,
      effect: { kind: 'hand-off', ...about },
      failures: 0,
      wasTried: false,
      inheritedUpTo: 0,
      signal: new AbortController().signal,
    });
  const handoffs = () =>
    journal
      .sessionEvents(sessionId, { limit: 100, types: ['HandoffStored'] })
      .map(
        ({ event }) =>
          event.type === 'HandoffStored' && [event.connectionId, event.content, event.artifacts],
      );
  return { ...opened, finish, handOffNow, handoffs, [Symbol.dispose]: opened[Symbol.dispose] };
}

test('a repair fixes only the structured hand-off, and artifacts are listed', async () => {
  using story = openStory();
  story.finish('run-1', work);
  await story.handOffNow();
  // Nothing is handed over before all of it can be.
  expect(story.handoffs()).toEqual([]);
  const state = requireSession(story.journal, sessionId);
  const { phase } = state.agents[0] ?? { phase: { kind: 'none' } };
  if (phase.kind !== 'following-up') throw new Error(`No repair was asked for: ${phase.kind}`);
  const { followUpId } = phase;
  story.journal.append(sessionId, [
    { type: 'FollowUpSent', ...about, followUpId, turnId: runId('run-2') },
  ]);
  story.finish('run-2', repair);
  await story.handOffNow();
  expect(story.handoffs()).toEqual([
    ['story', work, artifacts],
    ['facts', '{\n  "ok": true\n}', artifacts],
  ]);
});
