import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openSession, openSessions, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage } from '../../testing/browser/browser.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();

const start = async (...args: Parameters<typeof workflowOf>) =>
  (await fixture.app.client().start({ workflow: workflowOf(...args) })).sessionId;

// Each test has a window and sessions of its own, so they can wait side by side. Side by side, those that poll need the
// `expect` of their own test.
describe.concurrent('what can be done with agents', () => {
  it('stops a session, shows the progress, and reports if Cursor has not confirmed it', async ({
    expect,
  }) => {
    const { app, browser } = fixture;
    const stuck = await start('Stuck one', [
      { id: 'a', name: 'Deaf', script: 'say Here.\nwait 10m' },
    ]);
    const obedient = await start('Obedient one', [
      { id: 'a', name: 'Good', script: 'say Here.\nwait 10m' },
    ]);
    await app.cloud.fault(
      { operation: 'cancelRun', agent: 'Stuck one: Deaf' },
      { kind: 'error', code: 'internal_error' },
    );
    // Before an agent has started, there is nothing for Cursor to confirm.
    for (const session of [stuck, obedient]) {
      const statusOfAgent = async () => (await app.client().session(session)).agents[0]?.status;
      await expect.poll(statusOfAgent).toBe('running');
    }
    const { page } = await openPage(app, browser);
    const dialog = await openSessions(page);
    const row = (name: string) => dialog.getByRole('article', { name });
    for (const name of ['Stuck one', 'Obedient one']) {
      await row(name).getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel session' }).click();
    }
    await row('Stuck one').getByText('Cancelling', { exact: true }).waitFor();
    await row('Obedient one').getByText('Cancelled', { exact: true }).waitFor({ timeout: 120_000 });

    await row('Stuck one').getByText('Needs you').waitFor({ timeout: 150_000 });
    await row('Stuck one')
      .getByText(/did not confirm the cancellation/)
      .waitFor();
    const screen = await openSession(app, page, stuck);
    await screen
      .getByText(/did not confirm the cancellation/)
      .first()
      .waitFor();
    const link = screen.getByRole('link', { name: 'Open Deaf on' });
    expect(await link.getAttribute('href')).toMatch(/^http:\/\/127\.0\.0\.1/);
    await page.context().close();
  });

  it('retries a failed agent, and the skipped agents run afterwards', async () => {
    const { app, browser } = fixture;
    const session = await start('Second luck', [
      { id: 'a', name: 'Stumbler', script: 'fail unless attempt 2 No luck.\nsay Done.' },
      { id: 'b', name: 'Follower', script: 'say Followed.' },
    ]);
    const { page, faults } = await openPage(app, browser);
    const dialog = await openSession(app, page, session, 'a');
    const card = (name: string) => dialog.getByRole('article', { name });
    await card('Stumbler').getByText('Failed', { exact: true }).waitFor({ timeout: 120_000 });
    await card('Follower').getByText('Skipped', { exact: true }).waitFor();
    await card('Follower').getByText('Skipped because of Stumbler.').waitFor();
    await dialog
      .getByRole('region', { name: 'Agent Stumbler' })
      .getByRole('button', { name: 'Retry' })
      .click();
    await card('Stumbler').getByText('Completed').waitFor({ timeout: 120_000 });
    await card('Stumbler').getByText('Attempt 2').waitFor();
    await card('Follower').getByText('Completed').waitFor({ timeout: 120_000 });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('sends a follow-up to a finished agent and shows its answer', async ({ expect }) => {
    const { app, browser } = fixture;
    const session = await start('Conversation', [
      { id: 'a', name: 'Talker', script: 'say First.' },
    ]);
    const { page, faults } = await openPage(app, browser);
    const dialog = await openSession(app, page, session, 'a');
    const agent = dialog.getByRole('region', { name: 'Agent Talker' });
    const field = agent.getByRole('textbox', { name: 'Follow up with Talker' });
    await field.waitFor({ timeout: 120_000 });
    await field.fill('Once more.\n\n```rehearse\nsay Second answer.\n```');
    await agent.getByRole('button', { name: 'Send' }).click();
    // Only in the transcript: until it is sent, the same words stand in the field.
    const transcript = agent.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('Second answer.', { exact: true }).waitFor({ timeout: 120_000 });
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await expect.poll(() => field.inputValue()).toBe('');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('exports a session as a zip', async () => {
    const { app, browser } = fixture;
    const session = await start('Exported', [{ id: 'a', name: 'Writer', script: 'say Done.' }]);
    const { page } = await openPage(app, browser);
    const dialog = await openSession(app, page, session);
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('link', { name: 'Export' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.zip$/);
    const zip = readFileSync(await download.path());
    expect(zip.subarray(0, 2).toString()).toBe('PK');
    expect(zip.toString('latin1')).toContain('.json');
    await page.context().close();
  });
});
