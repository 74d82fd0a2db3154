import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSessions, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();
const daysAgo = (days: number) => Date.now() - days * 24 * 60 * 60_000;

/** As if the app had been started for the first time so long ago. */
async function endTrial(): Promise<void> {
  const { app } = fixture;
  await app.kill();
  const record = { version: 1, firstStartAt: daysAgo(8), lastSeenAt: Date.now() };
  writeFileSync(join(app.home, 'license.json'), JSON.stringify(record));
  await app.start();
}

describe('when the trial is over', () => {
  it('offers a subscription instead of cloud runs, and lets earlier sessions continue', async () => {
    const { app, browser } = fixture;
    const workflow = workflowOf('Started before', [
      { id: 'a', name: 'Worker', script: 'artifact report.txt Done\nsay Done.' },
    ]);
    const { sessionId } = await app.client().start({ workflow });
    await app.client().start({
      workflow: workflowOf('Still going', [
        { id: 'a', name: 'Waiter', script: 'say Here.\nwait 10m' },
      ]),
    });
    await expect.poll(async () => (await app.client().session(sessionId)).status).toBe('finished');
    await endTrial();

    const { page, faults } = await openPage(app, browser);
    await page.goto(app.url() + routeOf({ file: writeWorkflow(app, workflow) }));
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const execution = page.getByRole('dialog', { name: 'Execution' });
    await execution.getByText('Cursor cloud runs need a subscription').waitFor();
    const run = execution.getByRole('button', { name: 'Run', exact: true });
    expect(await run.isDisabled()).toBe(true);
    await execution.getByRole('button', { name: 'Upgrade' }).click();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    const features = settings.getByRole('list', { name: 'Features' });
    const cloudRuns = features.getByRole('listitem').filter({ hasText: 'Cursor cloud runs' });
    await cloudRuns.getByText('Not included', { exact: true }).waitFor();
    await settings.getByRole('tab', { name: 'Workflow' }).click();
    await settings.getByText('Cursor cloud runs need a subscription').waitFor();
    await page.keyboard.press('Escape');

    const sessions = await openSessions(page);
    const before = sessions.getByRole('article', { name: 'Started before' });
    const going = sessions.getByRole('article', { name: 'Still going' });
    await before.getByRole('button', { name: 'Refetch artifacts' }).click();
    await page.getByText('Artifacts are up to date').waitFor({ timeout: 120_000 });
    await going.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel session' }).click();
    await going.getByText('Cancelled', { exact: true }).waitFor({ timeout: 120_000 });
    await going.getByRole('button', { name: 'Dismiss' }).click();
    await going.waitFor({ state: 'detached' });
    await before.getByRole('button', { name: 'Reconnect' }).click();
    await execution.getByText('All waves settled').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
