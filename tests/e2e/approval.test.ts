import { describe, expect, it } from 'vitest';
import { violationsOf } from '../../testing/browser/accessibility.ts';
import { setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf, waitForFocusIn } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();

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
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const path = writeWorkflow(app, withGate('Gate'));
    await page.goto(app.url() + routeOf({ file: path, dialog: 'execution' }));
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    const question = dialog.getByRole('article', { name: 'Approve the work of Planner?' });
    await question.getByText('Is the plan small enough?').waitFor({ timeout: 120_000 });
    await question.getByText('Three steps.').waitFor();
    await question.getByText('Builder is waiting for it').waitFor();
    const changes = question.getByRole('button', { name: 'Ask for changes' });
    const note = question.getByLabel('Note');
    await changes.click();
    await question.locator('textarea:focus').waitFor();
    await note.fill('Go ahead.');
    // What is being typed outlives the field.
    await page.reload();
    await expect.poll(() => note.inputValue()).toBe('Go ahead.');
    await question.getByRole('button', { name: 'Approve' }).click();
    await question.waitFor({ state: 'detached' });
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await dialog.getByRole('article', { name: 'Builder' }).getByText('Completed').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('starts nothing after it when it is rejected', async () => {
    const { app, browser } = fixture;
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

/** An agent that proposes a plan of these steps before it works. */
function planning(name: string, plan: string) {
  const workflow = workflowOf(name, [
    { id: 'build', name: 'Builder', script: `say ${JSON.stringify(plan)}` },
  ]);
  const agents = workflow.agents.map((agent) => ({ ...agent, planFirst: true }));
  return { ...workflow, agents };
}

async function openPlan(name: string, colorScheme: 'light' | 'dark' = 'light') {
  const { app, browser } = fixture;
  const { sessionId } = await app.client().start({ workflow: planning(name, '1. Look.\n2. Ask.') });
  const opened = await openPage(app, browser, { colorScheme });
  const { page } = opened;
  await page.goto(app.url() + routeOf({ dialog: 'execution', session: sessionId }));
  const question = page.getByRole('article', { name: 'Approve the plan of Builder?' });
  await question.waitFor();
  await waitForFocusIn(page.getByRole('dialog', { name: 'Execution' }));
  await question.getByRole('button', { name: 'Edit plan' }).press('Enter');
  const editor = page.getByRole('dialog', { name: 'Edit plan' });
  const text = editor.getByRole('textbox', { name: 'Plan of Builder' });
  await waitForFocusIn(text);
  return { ...opened, sessionId, question, editor, text };
}

describe('a plan', () => {
  it('is edited with only the keyboard, and executed as edited', async () => {
    const { page, faults, sessionId, question, editor, text } = await openPlan('Edited', 'dark');
    expect(await text.inputValue()).toBe('1. Look.\n2. Ask.');
    await text.fill('  ');
    await editor.getByText('The plan is empty.').waitFor();
    await page.keyboard.press('Control+Enter');
    expect(await editor.getByRole('button', { name: 'Approve edited plan' }).isDisabled()).toBe(
      true,
    );
    await text.fill('1. Look.\n2. **Decide**.');
    expect(await violationsOf(page)).toEqual([]);
    await editor.getByRole('tab', { name: 'Your changes' }).click();
    await editor.locator('.diff-code-insert').getByText('Decide').waitFor();
    expect(await violationsOf(page)).toEqual([]);

    await text.focus();
    await page.keyboard.press('Escape');
    const asked = page.getByRole('alertdialog', { name: 'Discard your changes?' });
    await waitForFocusIn(asked.getByRole('button', { name: 'Keep editing' }));
    await page.keyboard.press('Enter');
    await asked.waitFor({ state: 'detached' });
    // What is being edited outlives the window.
    await page.reload();
    await question.getByRole('button', { name: 'Edit plan' }).click();
    expect(await text.inputValue()).toBe('1. Look.\n2. **Decide**.');
    await waitForFocusIn(text);
    await page.keyboard.press('Control+Enter');
    await editor.waitFor({ state: 'detached' });

    await page.getByRole('dialog', { name: 'Execution' }).getByText('All waves settled').waitFor();
    await page.getByRole('button', { name: 'Builder', exact: true }).click();
    await page.getByRole('tab', { name: 'Plan', exact: true }).click();
    await page.getByText('Edited and approved (app)').waitFor();
    await page.getByRole('button', { name: 'Show what was changed' }).click();
    await page.locator('.diff-code-delete').getByText('Ask').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    const { plans } = await fixture.app.client().session(sessionId);
    expect(plans).toMatchObject([{ edited: '1. Look.\n2. **Decide**.', by: 'app' }]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('that another window answers first keeps the edited text, and reports that', async () => {
    const { page, faults, sessionId, editor, text } = await openPlan('Answered elsewhere');
    await text.fill('Mine.');
    await fixture.app.client().answer(sessionId, { answer: 'approve', client: 'cli' });
    await editor.getByText('The plan was already answered: approved (cli)').waitFor();
    expect(await text.inputValue()).toBe('Mine.');
    expect(await editor.getByRole('button', { name: 'Approve edited plan' }).isDisabled()).toBe(
      true,
    );
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
