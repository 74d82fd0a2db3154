import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openSession, openSessions, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage } from '../../testing/browser/browser.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();
const start = async (...args: Parameters<typeof workflowOf>) =>
  (await fixture.app.client().start({ workflow: workflowOf(...args) })).sessionId;
const runStatus = (name: string) => () => fixture.app.cloud.runStatus(name);
const sourceAndAge = /^\S.*, (just now|\d+ (s|min) ago)/;
const cardOf = (page: Page, name: string) => page.getByRole('article', { name, exact: true });

describe('coming back', () => {
  it('shows how long Cerevisor is away, catches up after an hour, and offers the artifacts', async () => {
    const { app, browser } = fixture;
    const session = await start('Away', [
      {
        id: 'a',
        name: 'Early',
        script: 'say Begun.\nwait 1h\nartifact treasure.txt "Gold."\nsay Found.',
      },
      { id: 'b', name: 'Late', script: 'say And on it goes.' },
    ]);
    const { page } = await openPage(app, browser);
    const dialog = await openSession(app, page, session, 'a');
    await dialog.getByRole('region', { name: 'Transcript' }).getByText('Begun.').waitFor();
    await app.kill();
    await dialog.getByText('Not up to date').waitFor({ timeout: 120_000 });
    await app.cloud.jump('1h');
    await expect.poll(runStatus('Early')).toBe('FINISHED');
    await app.start();

    const transcript = dialog.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('Found.', { exact: true }).waitFor({ timeout: 120_000 });
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    expect(await transcript.getByText('Begun.', { exact: true }).count()).toBe(1);

    await page.keyboard.press('Escape');
    const row = (await openSessions(page)).getByRole('article', { name: 'Away' });
    await row.getByRole('button', { name: 'Reconnect' }).click();
    await dialog.getByText('1 agent finished while you were away').waitFor();
    await dialog.getByRole('button', { name: 'Early', exact: true }).click();
    await dialog.getByRole('tab', { name: /Artifacts/ }).click();
    await dialog.getByRole('button', { name: 'Fetch artifacts', exact: true }).click();
    await dialog.getByRole('button', { name: 'Show artifacts/treasure.txt' }).click();
    await page.getByText('Gold.', { exact: true }).waitFor();
    await page.context().close();
  });

  it('keeps a second window in sync', async () => {
    const { app, browser } = fixture;
    const session = await start('Two windows', [
      { id: 'a', name: 'Waiter', script: 'say Here I am.\nwait 10m' },
    ]);
    const [one, two] = await Promise.all([openPage(app, browser), openPage(app, browser)]);
    const [first, second] = await Promise.all([
      openSession(app, one.page, session, 'a'),
      openSession(app, two.page, session, 'a'),
    ]);
    for (const dialog of [first, second])
      await dialog.getByRole('region', { name: 'Transcript' }).getByText('Here I am.').waitFor();
    await first.getByRole('button', { name: 'Cancel' }).click();
    await one.page.getByRole('alertdialog').getByRole('button', { name: 'Cancel session' }).click();
    await second.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await second.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' });
    expect([...one.faults, ...two.faults]).toEqual([]);
    await Promise.all([one.page.context().close(), two.page.context().close()]);
  });

  it('shows the source and age of a state while Cursor cannot be reached', async () => {
    const { app, browser } = fixture;
    const cut = await app.cloud.fault(
      { operation: 'streamRun', agent: 'Bad line: Mumbler' },
      { kind: 'error', code: 'stream_unavailable' },
    );
    const session = await start('Bad line', [
      { id: 'a', name: 'Mumbler', script: 'say Hello.\nwait 10m' },
    ]);
    const { page } = await openPage(app, browser);
    const card = cardOf(page, 'Mumbler');
    const dialog = await openSession(app, page, session);
    await card.getByText('Reconnecting', { exact: true }).waitFor({ timeout: 120_000 });
    await card.getByText(sourceAndAge).waitFor();

    await app.kill();
    const deaf = await app.cloud.fault({ path: '/v1/' }, { kind: 'reset' });
    await app.start();
    await card.getByText('Unknown', { exact: true }).waitFor({ timeout: 120_000 });
    await card.getByText(sourceAndAge).waitFor();
    await cut();
    await deaf();
    await card.getByText('Running', { exact: true }).waitFor({ timeout: 120_000 });
    await dialog.getByRole('button', { name: 'Mumbler' }).click();
    await dialog.getByRole('region', { name: 'Transcript' }).getByText('Hello.').waitFor();
    await page.context().close();
  });
});
