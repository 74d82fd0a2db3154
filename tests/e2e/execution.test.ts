import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../testing/browser/app.ts';
import { closeWithEscape } from '../../testing/browser/app-fixture.ts';
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

const hostile = [
  'say "## Found\\n\\n<img src=x onerror=\\"window.hacked=1\\">',
  '<script>window.hacked=1</script>\\n\\n[click me](javascript:window.hacked=1)"',
].join('');

describe('running a workflow', () => {
  it('shows the plan, the work and the result, and runs nothing that an agent wrote', async () => {
    const { page, faults, foreignRequests } = await openPage(app, browser);
    const path = writeWorkflow(
      app,
      workflowOf('Two steps', [
        {
          id: 'plan',
          name: 'Planner',
          script: `${hostile}\nartifact report.txt "Forty-two lines."`,
        },
        { id: 'build', name: 'Builder', script: 'write notes/hello.md Hello\nsay Built it.' },
      ]),
    );
    await page.goto(app.url() + routeOf({ file: path }));
    await page.getByRole('button', { name: 'Run', exact: true }).click();

    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByText('2 agents in 2 waves').waitFor();
    await dialog.getByText('$0.00').waitFor();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();

    await dialog.getByText('All waves settled').waitFor({ timeout: 90_000 });
    for (const name of ['Planner', 'Builder']) {
      await dialog.getByRole('article', { name }).getByText('Completed').waitFor();
    }

    await dialog.getByRole('article', { name: 'Planner' }).getByRole('button').first().click();
    const agent = dialog.getByRole('region', { name: 'Agent Planner' });
    await agent.getByText('<script>window.hacked=1</script>').waitFor();
    await agent.getByRole('tab', { name: /Artifacts/ }).click();
    await agent.getByRole('button', { name: 'Show artifacts/report.txt' }).click();
    const preview = page.getByRole('dialog', { name: 'artifacts/report.txt' });
    await preview.getByText('Forty-two lines.', { exact: true }).waitFor();
    await closeWithEscape(preview);
    await agent.getByRole('tab', { name: /Hand-offs/ }).click();
    await agent.getByRole('heading', { name: 'Passed to Builder' }).waitFor();

    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(faults).toEqual([]);
    expect(foreignRequests).toEqual([]);
    await page.context().close();
  });

  it('continues when the dialog is closed, and can be reopened from the status bar', async () => {
    const { page, faults } = await openPage(app, browser);
    const path = writeWorkflow(
      app,
      workflowOf('Long wait', [{ id: 'wait', name: 'Waiter', script: 'say Waiting.\nwait 10m' }]),
    );
    await page.goto(app.url() + routeOf({ file: path }));
    await page.getByRole('group', { name: 'Agent Waiter' }).waitFor();
    await page.keyboard.press('Control+r');
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await dialog.getByRole('article', { name: 'Waiter' }).getByText('Running').waitFor();
    await closeWithEscape(dialog);

    await page.reload();
    await page.getByRole('button', { name: 'Cloud run active' }).click();
    await dialog.getByText('Waiting.').first().waitFor();

    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Keep running' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel session' }).click();
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await dialog.getByRole('article', { name: 'Waiter' }).getByText('Cancelled').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('catches up automatically after the daemon crashed and restarted', async () => {
    const { page } = await openPage(app, browser);
    const workflow = workflowOf('Survivor', [
      { id: 'last', name: 'Laster', script: 'say Before.\nwait 3s\nsay After the crash.' },
    ]);
    const { sessionId } = await app.client().start({ workflow });
    await page.goto(
      app.url() + routeOf({ dialog: 'execution', session: sessionId, agent: 'last' }),
    );
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByRole('region', { name: 'Transcript' }).getByText('Before.').waitFor();
    await app.kill();
    await page.getByText('Cerevisor does not respond').first().waitFor({ timeout: 120_000 });
    await app.start();
    await dialog
      .getByRole('region', { name: 'Transcript' })
      .getByText('After the crash.')
      .waitFor({ timeout: 120_000 });
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await page.context().close();
  });
});
