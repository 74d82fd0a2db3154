import { describe, expect, it } from 'vitest';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { tellStory } from '../../testing/browser/story.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const story = tellStory();

/** A planner whose work is looked at before a builder gets it. */
function withGate(name: string) {
  const workflow = workflowOf(name, [
    { id: 'plan', name: 'Planner', script: 'say "Three steps."' },
    { id: 'build', name: 'Builder', script: 'say Built.' },
  ]);
  const connections = workflow.connections.map((connection) => ({
    ...connection,
    flowType: 'approval-gate',
    approvalPrompt: 'Is the plan small enough?',
  }));
  return { ...workflow, connections };
}

describe('an approval gate', () => {
  it('shows the work and the question, and continues with the answer', async () => {
    const { app, browser } = story;
    const { page, faults } = await openPage(app, browser);
    const path = writeWorkflow(app, withGate('Gate'));
    await page.goto(app.url() + routeOf({ file: path, dialog: 'execution' }));
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    const question = dialog.getByRole('article', { name: 'Approve the work of Planner?' });
    await question.getByText('Is the plan small enough?').waitFor({ timeout: 120_000 });
    await question.getByText('Three steps.').waitFor();
    await question.getByText('Builder waits for it').waitFor();
    const changes = question.getByRole('button', { name: 'Ask for changes' });
    expect(await changes.isDisabled()).toBe(true);
    await question.getByLabel('Note').fill('Go ahead.');
    expect(await changes.isEnabled()).toBe(true);
    await question.getByRole('button', { name: 'Approve' }).click();
    await question.waitFor({ state: 'detached' });
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await dialog.getByRole('article', { name: 'Builder' }).getByText('Completed').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('starts nothing after it when it is rejected', async () => {
    const { app, browser } = story;
    const { page } = await openPage(app, browser);
    const { sessionId } = await app.client().start({ workflow: withGate('Rejected gate') });
    await page.goto(app.url() + routeOf({ dialog: 'execution', session: sessionId }));
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    const question = dialog.getByRole('article', { name: 'Approve the work of Planner?' });
    await question.getByRole('button', { name: 'Reject' }).click({ timeout: 120_000 });
    await question.waitFor({ state: 'detached' });
    const card = dialog.getByRole('article', { name: 'Builder' });
    await card.getByText('Skipped', { exact: true }).waitFor({ timeout: 120_000 });
    await page.context().close();
  });
});
