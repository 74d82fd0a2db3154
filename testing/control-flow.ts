import type { SessionEvent, SessionEventType } from '../src/session/events.ts';
import type { SessionId } from '../src/session/ids.ts';
import { questionsOf } from '../src/session/session-flow.ts';
import type { SessionState } from '../src/session/state.ts';
import { agentNamed, type World } from './engine-world.ts';

/** Workflows with conditions, gates and loops for tests of the engine, and checks of their sessions. */

export const script = (...steps: readonly string[]) => ['```rehearse', ...steps, '```'].join('\n');
export const say = (text: string) => `say ${JSON.stringify(text)}`;
export const decision = (answers: object) => `\`\`\`decision\n${JSON.stringify(answers)}\n\`\`\``;
export const agent = (id: string, instructions = 'Work.', more: object = {}) => ({
  id,
  name: id,
  instructions,
  ...more,
});

export const controlFlow = (
  repository: string,
  agents: readonly object[],
  connections: readonly object[],
  settings: object = {},
) => ({
  version: '1.0',
  id: 'control-flow',
  name: 'Control flow',
  agents,
  connections,
  settings: { runMode: 'cloud', cloud: { repos: [{ url: repository }] }, ...settings },
});

export const outcomeOf = (state: SessionState, id: string) => {
  const { phase } = agentNamed(state, id);
  return phase.kind === 'settled' ? phase.outcome : phase.kind;
};

export function eventsOf(
  world: World,
  id: SessionId,
  ...types: SessionEventType[]
): SessionEvent[] {
  return world.journal.sessionEvents(id, { limit: 1_000, types }).map(({ event }) => event);
}

export const contentOf = (world: World, id: SessionId, connection: string) =>
  eventsOf(world, id, 'HandoffStored').flatMap((event) =>
    event.type === 'HandoffStored' && event.connectionId === connection ? event.content : [],
  );

export const promptsOf = async (world: World) =>
  (await world.ledger()).agents.map(({ runs }) => runs.map(({ prompt }) => prompt));

export const isAsking = (state: SessionState) => questionsOf(state).length > 0;

export async function answer(
  world: World,
  id: SessionId,
  choice: 'approve' | 'reject' | 'changes',
  note?: string,
  plan?: string,
) {
  const answered = await world.engine.answer(id, {
    question: null,
    answer: choice,
    note: note ?? null,
    plan: plan ?? null,
    by: 'test',
  });
  if (!answered.ok) throw new Error(JSON.stringify(answered.error));
}

/** One agent's output needs approval before it goes to the next agent. */
export const gatedWorkflow = (repository: string) =>
  controlFlow(
    repository,
    [agent('write'), agent('publish')],
    [
      {
        id: 'gate',
        source: 'write',
        target: 'publish',
        flowType: 'approval-gate',
        approvalPrompt: 'May it go out?',
      },
    ],
  );

/** A review sends a draft back until nothing is left to fix; then it is published. */
export const loopUntilApproved = (repository: string, message: string) =>
  controlFlow(
    repository,
    [agent('write'), agent('review', `Review.\n\n${script(say(message))}`), agent('publish')],
    [
      { id: 'draft', source: 'write', target: 'review', handoffFormat: 'full-output' },
      {
        id: 'again',
        source: 'review',
        target: 'write',
        flowType: 'loop',
        loopCondition: 'Nothing is left to fix.',
        maxIterations: 3,
        handoffFormat: 'full-output',
      },
      { id: 'out', source: 'review', target: 'publish', handoffFormat: 'full-output' },
    ],
  );

/** A review whose last message decides: `fix` if a test fails, `release` otherwise. */
export const conditionalWorkflow = (repository: string, message: string) =>
  controlFlow(
    repository,
    [agent('review', `Review.\n\n${script(say(message))}`), agent('fix'), agent('release')],
    [
      {
        id: 'bad',
        source: 'review',
        target: 'fix',
        flowType: 'conditional',
        condition: 'A test fails.',
        handoffFormat: 'full-output',
      },
      {
        id: 'good',
        source: 'review',
        target: 'release',
        flowType: 'conditional',
        isElse: true,
        handoffFormat: 'full-output',
      },
    ],
  );
