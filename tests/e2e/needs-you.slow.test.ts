import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSession, openSessions, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage } from '../../testing/browser/browser.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();
const start = async (...args: Parameters<typeof workflowOf>) =>
  (await fixture.app.client().start({ workflow: workflowOf(...args) })).sessionId;

describe('what waits for the user', () => {
  it.each([
    ['Over the limit', 'usage_limit_exceeded', 'The usage limit is reached.', /spending limit/],
    ['Wrong key', 'unauthorized', 'The API key is not valid.', /key/],
  ])(
    '%s: is first in the list, is counted, and says what to do',
    async (name, code, message, remedy) => {
      const { app, browser } = fixture;
      const heal = await app.cloud.fault(
        { operation: 'createAgent', path: '/v1/agents' },
        { kind: 'error', code, message },
      );
      const session = await start(name, [{ id: 'a', name: 'Patient', script: 'say Done.' }]);
      const { page, faults } = await openPage(app, browser);
      const dialog = await openSessions(page);
      const first = dialog.getByRole('article').first();
      await first.getByText('Needs you').waitFor({ timeout: 120_000 });
      await dialog.getByRole('article', { name }).getByText(message).first().waitFor();
      const screen = await openSession(app, page, session);
      await screen.getByText(remedy).first().waitFor();
      // Waiting is never shown as a failure.
      const card = screen.getByRole('article', { name: 'Patient' });
      await card.getByText('Waiting', { exact: true }).waitFor();
      await page.keyboard.press('Escape');
      const button = page.getByRole('button', { name: 'Cloud Sessions' });
      await expect.poll(() => button.getAttribute('aria-description')).toMatch(/\d+ needs? you/);
      expect(faults).toEqual([]);
      await heal();
      await page.context().close();
    },
  );

  it('adopts agents that Cursor knows and this machine does not', async () => {
    const { app, browser } = fixture;
    await start('Lost', [{ id: 'a', name: 'Castaway', script: 'say Message in a bottle.' }]);
    await expect.poll(() => app.cloud.runStatus('Castaway')).toBe('FINISHED');
    // As after the loss of a disk: the journal is gone, and Cursor is not.
    await app.kill();
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(join(app.home, `cerevisor-cloud-runs.db${suffix}`), { force: true });
    rmSync(join(app.home, 'backups'), { recursive: true, force: true });
    await app.start();

    const { page, faults } = await openPage(app, browser);
    await page.goto(`${app.url()}/#dialog=sessions`);
    const found = page.getByRole('region', { name: 'Found on the rehearsal cloud' });
    await found.getByText('Lost: Castaway').waitFor({ timeout: 120_000 });
    await found.getByRole('button', { name: 'Adopt Lost: Castaway' }).click();
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByText('Message in a bottle.').first().waitFor({ timeout: 120_000 });
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await page.keyboard.press('Escape');
    const sessions = await openSessions(page);
    await sessions.getByRole('article', { name: 'Adopted: Lost: Castaway' }).waitFor();
    await found.getByText('Lost: Castaway').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
