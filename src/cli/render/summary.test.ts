import { expect, test } from 'vitest';
import {
  sampleAgent,
  sampleEnhance,
  sampleNow,
  sampleSession,
  sampleWorkflowRound,
} from '../../../testing/sample-session.ts';
import { paint } from '../terminal/lines.ts';
import { summaryLines } from './summary.ts';

const summary = (view: ReturnType<typeof sampleSession>): string =>
  summaryLines(view, {
    now: sampleNow,
    unicode: true,
    width: 80,
    artifactsDirectory: view.artifactsDirectory,
  })
    .map((parts) => paint(parts, { color: false, unicode: true }))
    .join('\n');

test('shows the outcome of a session, its results, why an agent failed and what to do', () => {
  const view = sampleSession({
    status: 'failed',
    endedAt: '2026-05-18T12:09:00Z',
    agents: [
      sampleAgent({
        name: 'Planner',
        status: 'completed',
        endedAt: '2026-05-18T12:08:40Z',
        result: '\n  The plan is done.\nMore.',
        artifactsState: 'complete',
        artifacts: [
          { path: 'artifacts/plan.md', file: 'plan.md', sizeBytes: 12, sha256: null, error: null },
        ],
        branches: [
          {
            repoUrl: 'https://github.com/acme/shop.git',
            branch: 'cursor/plan-1a2b',
            prUrl: 'https://github.com/acme/shop/pull/7',
          },
        ],
        prUrl: 'https://github.com/acme/shop/pull/7',
      }),
      sampleAgent({
        name: 'Back end',
        status: 'failed',
        attempt: 2,
        attemptInRound: 2,
        endedAt: '2026-05-18T12:09:00Z',
        error: {
          code: 'run_error',
          message: 'The VM ran out of memory.',
          suggestion: 'Split the work.',
        },
        canRetry: true,
      }),
    ],
  });
  expect(summary(view)).toMatchInlineSnapshot(`
    "✗ failed  Ship the checkout  3f9a1c2e · 4m 00s
      ✓ Planner  completed  40s
          The plan is done.
          ⎇ cursor/plan-1a2b in acme/shop
          PR https://github.com/acme/shop/pull/7
      ✗ Back end  failed  1m 00s  attempt 2
          The VM ran out of memory.
          Split the work.
      1 artifact saved in /home/me/.cerevisor/cloud-artifacts/3f9a1c2e
      Try again:  cerevisor retry 3f9a1c2e --agent 'Back end'
      Changes:    cerevisor diff 3f9a1c2e   cerevisor apply 3f9a1c2e
      More:       cerevisor show 3f9a1c2e   cerevisor logs 3f9a1c2e"
  `);
});

test('offers to fetch artifacts that are not on this machine', () => {
  const view = sampleSession({
    status: 'finished',
    agents: [sampleAgent({ name: 'Planner', status: 'completed', artifactsState: 'offered' })],
  });
  expect(summary(view)).toContain('cerevisor artifacts 3f9a1c2e --refetch');
});

test('shows how the rounds of a workflow ended, and the failures of the last one', () => {
  const rounds = [sampleWorkflowRound({ failures: { Verifier: 'The totals are wrong.' } })];
  const reason = 'There is no agent "x".';
  const enhance = sampleEnhance({ state: 'ended', cause: 'no-useful-edit', reason, rounds });
  const text = summary(sampleSession({ status: 'failed', enhance }));
  expect(text.replaceAll(/\s+/g, ' ')).toContain(
    'Loop & Enhance: Ended because the planner proposed no useful edit. There is no agent "x".',
  );
  expect(text).toContain('Failure in round 1: Verifier: The totals are wrong.');
});
