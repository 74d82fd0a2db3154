import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../testing/browser/app.ts';
import { launchBrowser, openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

let app: TestApp;
let browser: Browser;

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await app?.[Symbol.asyncDispose]();
});

const fileOf = (page: Page): string =>
  new URLSearchParams(new URL(page.url()).hash.slice(1)).get('file') ?? '';
const documentIn = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

describe('designing a workflow', () => {
  it('creates a workflow with only the keyboard, and saves it', async () => {
    const { page, faults, foreignRequests } = await openPage(app, browser);
    await page.getByLabel('New workflow').focus();
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    const palette = page.getByRole('navigation', { name: 'Agent palette' });
    await palette.getByRole('button', { name: /Architect/ }).focus();
    await page.keyboard.press('Enter');
    await palette.getByRole('button', { name: /Developer/ }).focus();
    await page.keyboard.press('Enter');

    const panel = page.getByRole('complementary', { name: 'Agent Developer' });
    await panel.getByLabel('Instructions').focus();
    await page.keyboard.type('Build it.');
    // The dashed connection that the canvas made becomes a drawn one.
    const before = panel.getByRole('group', { name: 'Receives from' });
    await before.getByRole('checkbox', { name: 'Architect' }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Control+s');
    await page.getByRole('button', { name: 'Saved' }).waitFor();

    const saved = documentIn(fileOf(page));
    expect(saved.name).toBe('By keyboard');
    expect(saved.agents.map((agent: { name: string }) => agent.name)).toEqual([
      'Architect',
      'Developer',
    ]);
    expect(saved.agents[1].instructions).toBe('Build it.');
    expect(saved.connections).toHaveLength(1);
    expect(saved.connections[0]).not.toHaveProperty('isAutomatic');
    expect(faults).toEqual([]);
    expect(foreignRequests).toEqual([]);
    await page.context().close();
  });

  it('draws by pointer, and undoes and redoes every step', async () => {
    const { page, faults } = await openPage(app, browser);
    const agents = ['One', 'Two'].map((name) => ({ id: name, name, script: 'say Hello.' }));
    const path = writeWorkflow(app, { ...workflowOf('Drawing', agents), connections: [] } as never);
    await page.goto(app.url() + routeOf({ file: path }));
    const card = (name: string) => page.getByRole('group', { name: `Agent ${name}` });
    const handle = (name: string, side: string) =>
      card(name).locator(`.react-flow__handle-${side}`);
    await handle('One', 'right').dragTo(handle('Two', 'left'));
    // A level line has no height, so it does not count as visible.
    await page
      .getByRole('group', { name: 'Connection from One to Two' })
      .waitFor({ state: 'attached' });
    // What leads back to an agent before is a loop, and has to be told when it ends.
    await handle('Two', 'right').dragTo(handle('One', 'left'));
    const loop = page.getByRole('complementary', { name: 'Connection' });
    await loop.getByLabel('Exit condition').fill('Nothing is left to fix');
    await loop.getByLabel('Maximum rounds').fill('5');
    await page.getByText('Up to 5 rounds').waitFor();
    await page
      .getByRole('group', { name: 'Connection from Two to One, loop, Up to 5 rounds' })
      .waitFor({ state: 'attached' });
    const edges = page.locator('.react-flow__edge');
    await expect.poll(() => edges.count()).toBe(2);

    const undo = page.getByRole('button', { name: 'Undo' });
    for (let step = 0; step < 3; step += 1) await undo.click();
    await expect.poll(() => edges.count()).toBe(1);
    await undo.click();
    await expect.poll(() => edges.count()).toBe(0);
    await page.getByRole('button', { name: 'Redo' }).click();
    // A level line has no height, so it does not count as visible.
    await page
      .getByRole('group', { name: 'Connection from One to Two' })
      .waitFor({ state: 'attached' });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('opens a closed panel again from its card, by click and by Enter', async () => {
    const { page, faults } = await openPage(app, browser);
    const agents = ['One', 'Two'].map((name) => ({ id: name, name, script: 'say Hello.' }));
    const path = writeWorkflow(app, workflowOf('Closed and opened', agents));
    await page.goto(app.url() + routeOf({ file: path }));
    const card = page.getByRole('group', { name: 'Agent One' });
    const panel = page.getByRole('complementary', { name: 'Agent One' });
    const ways = [
      () => panel.getByRole('button', { name: 'Close panel' }).click(),
      () => panel.getByLabel('Instructions').press('Escape'),
    ];
    for (const close of ways) {
      await card.click();
      await panel.waitFor();
      await close();
      await panel.waitFor({ state: 'detached' });
      // The focus is back on the card.
      await page.keyboard.press('Enter');
      await panel.waitFor();
      await close();
      await panel.waitFor({ state: 'detached' });
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows a problem at its field while typing', async () => {
    const { page } = await openPage(app, browser);
    const path = writeWorkflow(
      app,
      workflowOf('Faulty', [{ id: 'a', name: 'Alone', script: 'say Hello.' }]),
    );
    await page.goto(app.url() + routeOf({ file: path }));
    await page.getByRole('group', { name: 'Agent Alone' }).click();
    await page.getByRole('complementary').getByLabel('Name', { exact: true }).fill('');
    await page.getByRole('button', { name: /error/ }).waitFor();
    await page.getByRole('button', { name: /error/ }).click();
    await page.getByRole('region', { name: 'Problems' }).getByText(/name/i).first().waitFor();
    await page.context().close();
  });

  it('chooses parameters of the model and the mode, and preserves settings that only the file can change', async () => {
    const { page, faults } = await openPage(app, browser);
    const workflow = workflowOf('Options', [{ id: 'a', name: 'Chooser', script: 'say Hello.' }]);
    const [agent] = workflow.agents;
    const subagents = [{ name: 'tester', description: 'Tests.', prompt: 'Test it.' }];
    const cloud = { ...workflow.settings.cloud, envVars: ['TOKEN'], workOnCurrentBranch: true };
    const path = writeWorkflow(app, {
      ...workflow,
      agents: [{ ...agent, subagents }],
      settings: { ...workflow.settings, cloud },
    } as never);
    await page.goto(app.url() + routeOf({ file: path }));
    await page.getByRole('group', { name: 'Agent Chooser' }).click();
    const panel = page.getByRole('complementary', { name: 'Agent Chooser' });
    await panel.getByLabel('Model', { exact: true }).fill('composer-2.5');
    await panel.getByLabel('Thinking').selectOption('high');
    await panel.getByLabel('Mode', { exact: true }).selectOption('plan');
    await page.keyboard.press('Control+s');
    await page.getByRole('button', { name: 'Saved' }).waitFor();
    expect(documentIn(path)).toMatchObject({
      agents: [
        { model: 'composer-2.5', modelParameters: { thinking: 'high' }, mode: 'plan', subagents },
      ],
      settings: { cloud: { envVars: ['TOKEN'], workOnCurrentBranch: true } },
    });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('never overwrites what someone else wrote to the file', async () => {
    const { page } = await openPage(app, browser);
    const workflow = workflowOf('Shared', [{ id: 'a', name: 'Mine', script: 'say Hello.' }]);
    const path = writeWorkflow(app, workflow);
    await page.goto(app.url() + routeOf({ file: path }));
    await page.getByRole('group', { name: 'Agent Mine' }).click();
    await page.getByRole('complementary').getByLabel('Name', { exact: true }).fill('Still mine');
    writeFileSync(path, JSON.stringify({ ...workflow, name: 'Theirs' }));
    await page.keyboard.press('Control+s');
    await page.getByText('The file changed on disk').waitFor();
    expect(documentIn(path).name).toBe('Theirs');
    await page.getByRole('button', { name: 'Use the version on disk' }).click();
    await page.getByRole('group', { name: 'Agent Mine' }).waitFor();
    await page.context().close();
  });

  it('keeps unsaved edits over a reload', async () => {
    const { page } = await openPage(app, browser);
    const path = writeWorkflow(
      app,
      workflowOf('Kept', [{ id: 'a', name: 'Before', script: 'say Hello.' }]),
    );
    await page.goto(app.url() + routeOf({ file: path }));
    await page.getByRole('group', { name: 'Agent Before' }).click();
    await page.getByRole('complementary').getByLabel('Name', { exact: true }).fill('After');
    await page.reload();
    await page.getByText('Unsaved edits from your last visit have been restored.').waitFor();
    await page.getByRole('group', { name: 'Agent After' }).waitFor();
    await page.context().close();
  });
});
