import { expect, test } from 'vitest';
import {
  launchIntended,
  runEnded,
  runId,
  threadId,
} from '../../../testing/session/sample-events.ts';
import { agentId } from '../../workflow/ids.ts';
import { publicEvent } from './public-event.ts';

test("events of Cursor's cloud have their original names next to the common ones", () => {
  expect(publicEvent(runEnded('a'))).toMatchObject({
    cursorRunId: 'run-a-1',
    turnId: 'run-a-1',
  });
  expect(publicEvent(launchIntended('a'))).toMatchObject({
    cursorAgentId: 'bc-a-1',
    threadId: 'bc-a-1',
    runtime: 'cursor-cloud',
    round: 1,
  });
});

test('events of other runtimes have only the common names', () => {
  const turnId = runId('turn-1');
  expect(publicEvent({ ...runEnded('a'), turnId })).not.toHaveProperty('cursorRunId');
  const launch = {
    ...launchIntended('a'),
    runtime: 'codex',
    threadId: threadId('agent-1'),
  } as const;
  expect(publicEvent(launch)).not.toHaveProperty('cursorAgentId');
});

test('a transcript item has only one name for its turn', () => {
  const item = {
    type: 'TranscriptItem',
    agentId: agentId('a'),
    attempt: 1,
    item: { kind: 'text' },
  } as const;
  expect(publicEvent({ ...item, turnId: runId('run-1') })).toEqual({
    ...item,
    cursorRunId: 'run-1',
  });
  expect(publicEvent({ ...item, turnId: runId('turn-1') })).toEqual({ ...item, turnId: 'turn-1' });
});
