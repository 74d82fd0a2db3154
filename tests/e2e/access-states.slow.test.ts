import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { violationsOf } from '../../testing/browser/accessibility.ts';
import {
  closeWithEscape,
  openSession,
  openSessions,
  setUpApp,
} from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();
const workflow = workflowOf('For everyone', [
  {
    id: 'plan',
    name: 'Planner',
    script: 'think Hm.\nread README.md\nartifact plan.md Plan\nsay Planned.',
  },
  { id: 'build', name: 'Builder', script: 'say Building.\nwait 30m' },
]);
let sessionId = '';

async function runningSession(): Promise<string> {
  const { app } = fixture;
  if (sessionId === '') ({ sessionId } = await app.client().start({ workflow }));
  await expect
    .poll(async () => (await app.client().session(sessionId)).agents[1]?.status, {
      timeout: 120_000,
    })
    .toBe('running');
  return sessionId;
}

type Look = (page: Page, where: string) => Promise<void>;

/** Everything that opens over a session: each part of an agent, and the question before it is stopped. */
async function lookAtSession(page: Page, look: Look): Promise<void> {
  const dialog = await openSession(fixture.app, page, await runningSession(), 'plan');
  const agent = dialog.getByRole('region', { name: 'Agent Planner' });
  const folded = agent.getByRole('region', { name: 'Transcript' }).getByRole('button');
  await folded.last().click();
  await look(page, 'an unfolded tool call');
  for (const tab of [/Hand-offs/, /Artifacts/, /^Facts/]) {
    await agent.getByRole('tab', { name: tab }).click();
    await look(page, `the tab ${tab}`);
  }
  await agent.getByRole('tab', { name: /Artifacts/ }).click();
  await agent.getByRole('button', { name: 'Show artifacts/plan.md' }).click();
  const preview = page.getByRole('dialog', { name: 'artifacts/plan.md' });
  await preview.getByText('Plan', { exact: true }).waitFor();
  await look(page, 'a preview');
  await closeWithEscape(preview);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  const question = page.getByRole('alertdialog');
  await question.waitFor();
  await look(page, 'the question before stopping');
  await closeWithEscape(question);
}

async function lookAtSessions(page: Page, look: Look): Promise<void> {
  await page.goto(fixture.app.url());
  const dialog = await openSessions(page);
  const row = dialog.getByRole('article', { name: /For everyone/ });
  await row.getByRole('button', { name: /^Agents of/ }).click();
  await row.getByRole('list', { name: 'Agents' }).waitFor();
  await look(page, 'unfolded agents');
  await row.getByRole('button', { name: 'Cancel' }).click();
  const question = page.getByRole('alertdialog');
  await question.waitFor();
  await look(page, 'the question before cancelling');
  await closeWithEscape(question);
}

async function lookAtSettings(page: Page, look: Look): Promise<void> {
  const { app } = fixture;
  await page.goto(app.url() + routeOf({ file: writeWorkflow(app, workflow), dialog: 'settings' }));
  const settings = page.getByRole('dialog', { name: 'Settings' });
  await settings.getByRole('region', { name: 'Repository targets' }).waitFor();
  for (const tab of ['Workflow', 'Providers', 'Subscription', 'Preferences']) {
    await settings.getByRole('tab', { name: tab }).click();
    await look(page, `the settings of ${tab}`);
  }
  await settings.getByRole('tab', { name: 'Workflow' }).click();
  await settings.getByRole('switch', { name: 'Auto-create PR' }).click();
  await page.getByRole('alertdialog').waitFor();
  await look(page, 'the question before pull requests');
}

describe('what opens has no accessibility violations', () => {
  it.each(['light', 'dark'] as const)('in the %s theme', async (colorScheme) => {
    const { app, browser } = fixture;
    await runningSession();
    const { page, faults } = await openPage(app, browser, { colorScheme });
    const found: string[] = [];
    const look: Look = async (shown, where) => {
      found.push(...(await violationsOf(shown)).map((violation) => `${where}: ${violation}`));
    };
    await lookAtSession(page, look);
    await lookAtSessions(page, look);
    await lookAtSettings(page, look);
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
