import type { Locator, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openSession, openSessions, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { seedSessions } from '../../testing/browser/seed-sessions.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp((home) =>
  seedSessions(
    home,
    Array.from({ length: 12 }, (_, number) => ({
      name: `${number % 2 === 0 ? 'Nightly' : 'Weekly'} ${number}`,
      outcome: number % 4 === 0 ? ('failed' as const) : ('finished' as const),
    })),
  ),
);
const start = async (name: string, script: string) =>
  (
    await fixture.app
      .client()
      .start({ workflow: workflowOf(name, [{ id: 'a', name: 'W', script }]) })
  ).sessionId;
const statusOf = async (id: string) => (await fixture.app.client().session(id)).status;

let page: Page;
afterEach(() => page.context().close());
const open = async () => {
  const opened = await openPage(fixture.app, fixture.browser);
  page = opened.page;
  return opened;
};

/** The names of the buttons in a dialog whose middle lies below a message, read in one step: rows can leave meanwhile. */
const buttonsBelowMessages = (dialog: Locator) =>
  dialog.evaluate((element) => {
    const messages = element.ownerDocument.querySelector('[aria-label="Messages"]');
    return [...element.querySelectorAll('button')]
      .filter((button) => {
        const { x, y, width, height } = button.getBoundingClientRect();
        const found = element.ownerDocument.elementFromPoint(x + width / 2, y + height / 2);
        return found !== null && messages?.contains(found);
      })
      .map((button) => button.ariaLabel ?? button.textContent);
  });

describe('the list of sessions', () => {
  it('dismisses the filtered sessions in one call after confirmation, and restores them in another window', async () => {
    await open();
    const calls: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') calls.push(new URL(request.url()).pathname);
    });
    const dialog = await openSessions(page);
    const dismissAll = dialog.getByRole('button', { name: 'Dismiss all settled' });
    await dismissAll.and(page.locator(':enabled')).waitFor();
    const count = Promise.withResolvers<void>();
    await page.route(/\/api\/sessions\?.*settled=true/, async (route) => {
      await count.promise;
      await route.continue();
    });
    await dialog.getByLabel('Search sessions').fill('night');
    await dialog.getByRole('button', { name: 'Failed', exact: true }).click();
    await dialog.getByText('3 sessions', { exact: true }).waitFor();
    // The number that it would ask about is still that of all sessions.
    await dismissAll.and(page.locator(':disabled')).waitFor();
    count.resolve();
    await dismissAll.click();
    const question = page.getByRole('alertdialog');
    await question.getByText('Dismiss 3 settled sessions?').waitFor();
    await question.getByRole('button', { name: 'Keep' }).click();
    await dialog.getByText('3 sessions', { exact: true }).waitFor();
    expect(calls).toEqual([]);

    await dismissAll.click();
    await question.getByRole('button', { name: 'Dismiss 3 sessions' }).click();
    await dialog.getByText('No session matches').waitFor();
    expect(calls).toEqual(['/api/sessions/dismiss']);
    await dialog.getByLabel('Search sessions').fill('');
    await dialog.getByRole('button', { name: 'All', exact: true }).click();
    await dialog.getByText('9 sessions', { exact: true }).waitFor();

    const second = await page.context().newPage();
    await page.close();
    page = second;
    await page.goto(fixture.app.url() + routeOf({ dialog: 'sessions' }));
    page.on('request', (request) => {
      if (request.method() === 'POST') calls.push(new URL(request.url()).pathname);
    });
    await page.getByText('3 sessions dismissed').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('12 sessions', { exact: true }).waitFor();
    expect(calls).toEqual(['/api/sessions/dismiss', '/api/sessions/restore']);
  });

  it('has buttons with labels that name their session', async () => {
    await open();
    const dialog = await openSessions(page);
    const row = dialog.getByRole('article', { name: /^Nightly/ }).first();
    for (const word of ['Reconnect', 'Refetch artifacts', 'Dismiss'])
      await row.getByRole('button', { name: word }).getByText(word, { exact: true }).waitFor();
    const labelled = dialog
      .getByRole('article')
      .getByRole('button', { name: /^(Reconnect|Refetch|Dismiss|Cancel|Export)/ });
    await expect.poll(() => labelled.count()).toBeGreaterThan(20);
    const names = await labelled.evaluateAll((buttons) =>
      buttons.map((button) => button.getAttribute('aria-label')),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('shows the full text of a truncated name', async () => {
    await open();
    const name = 'A name that is a good deal longer than any column was made for. '
      .repeat(4)
      .trim();
    const path = writeWorkflow(
      fixture.app,
      workflowOf('Long names', [{ id: 'a', name, script: 'say Done.' }]),
    );
    await page.goto(fixture.app.url() + routeOf({ file: path }));
    const shown = page.getByText(name).first();
    // It is known on hovering: again until what is around it has its place.
    const titleOnHover = async () => {
      await page.mouse.move(0, 0);
      await shown.hover();
      return shown.getAttribute('title');
    };
    await expect.poll(titleOnHover).toBe(name);
  });

  it('shows agents that wait for a free slot as queued, without a running clock', async () => {
    const { app } = fixture;
    await app.client().savePreferences({ maxLiveCloudAttempts: 1 });
    const first = await start('First in line', 'say Here.\nwait 10m');
    await expect.poll(() => statusOf(first)).toBe('running');
    const second = await start('Second in line', 'say Done.');
    await open();
    const dialog = await openSessions(page);
    const row = dialog.getByRole('article', { name: /^Second in line/ });
    await row.getByText('Queued', { exact: true }).waitFor();
    await dialog
      .getByRole('article', { name: /^First/ })
      .getByText(/^for /)
      .waitFor();
    expect(await row.getByText(/^for /).count()).toBe(0);
    await dialog.getByRole('button', { name: 'Queued', exact: true }).click();
    await dialog.getByText('1 session', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Running', exact: true }).click();
    await row.waitFor({ state: 'detached' });

    const screen = await openSession(app, page, second);
    const bar = screen.getByRole('progressbar');
    await expect.poll(() => bar.getAttribute('aria-valuetext')).toBe('1 queued');
    expect(await bar.locator('span').count()).toBe(0);
    await app.client().savePreferences({ maxLiveCloudAttempts: 8 });
    await app.client().cancel(first);
    await expect.poll(() => statusOf(second)).toBe('finished');
  });

  it('offers no impossible actions while the daemon is away', async () => {
    const { app } = fixture;
    await open();
    const dialog = await openSessions(page);
    const row = dialog.getByRole('article', { name: /^Nightly/ }).first();
    const actions = [
      dialog.getByRole('button', { name: 'Dismiss all settled' }),
      row.getByRole('button', { name: 'Refetch artifacts' }),
      row.getByRole('button', { name: 'Dismiss' }),
    ];
    for (const action of actions) await action.and(page.locator(':enabled')).waitFor();
    await app.kill();
    await dialog.getByText('Not up to date').waitFor({ timeout: 120_000 });
    for (const action of actions) await action.and(page.locator(':disabled')).waitFor();
    expect(await row.getByRole('link', { name: 'Export' }).getAttribute('href')).toBeNull();
    await app.start();
    for (const action of actions)
      await action.and(page.locator(':enabled')).waitFor({ timeout: 120_000 });
  });
});

describe('messages', () => {
  it('distinguish failures from ends, cover no button, and do not mention the open session', async () => {
    const { app } = fixture;
    const seen = await start('In sight', 'say Done.');
    await expect.poll(() => statusOf(seen)).toBe('finished');
    await open();
    const dialog = await openSession(app, page, seen, 'a');
    const send = dialog.getByRole('button', { name: 'Send' });
    await dialog
      .getByLabel('Follow up with W')
      .fill('Once more, please.\n\n```rehearse\nsay Told you.\n```');
    await send.click();
    const transcript = dialog.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('Told you.', { exact: true }).waitFor({ timeout: 120_000 });
    await expect.poll(() => statusOf(seen)).toBe('finished');
    await start('Out of sight', 'fail The tests fail.');
    const messages = page.getByRole('region', { name: 'Messages' });
    await messages.getByText('Out of sight failed').waitFor({ timeout: 120_000 });
    // It stays while the pointer is on it, however long the next session takes.
    await messages.getByText(/The tests fail/).hover();
    expect(await messages.getByText(/In sight/).count()).toBe(0);
    await dialog.getByLabel('Follow up with W').fill('And again.');
    expect(await buttonsBelowMessages(dialog)).toEqual([]);
    await start('Good end', 'say Done.');
    await messages.getByText('1 session failed, 1 finished').waitFor({ timeout: 120_000 });
    await messages.getByRole('button', { name: 'Show' }).click();
    const list = page.getByRole('dialog', { name: 'Sessions', exact: true });
    const dismiss = list.getByRole('article', { name: /^Good end/ }).getByRole('button', {
      name: 'Dismiss',
    });
    await dismiss.click();
    await messages.getByText('Dismissed 1 session').waitFor();
    expect(await buttonsBelowMessages(list)).toEqual([]);
  });
});

describe('fields with invalid values', () => {
  it('show what is valid, and change nothing', async () => {
    const { app } = fixture;
    await open();
    await page.goto(app.url() + routeOf({ dialog: 'settings', tab: 'preferences' }));
    const most = page.getByLabel('Maximum concurrent cloud agents');
    for (const text of ['0', '1.5', '300', '']) {
      await most.fill(text);
      await most.press('Enter');
      await page.getByText('Enter a whole number from 1 to 256.').waitFor();
      await most.fill('8');
      await page.getByText('Enter a whole number from 1 to 256.').waitFor({ state: 'detached' });
    }
    await most.fill('12');
    await most.press('Enter');
    const stored = async () => (await app.client().preferences()).maxLiveCloudAttempts;
    await expect.poll(stored).toBe(12);
    await app.client().savePreferences({ maxLiveCloudAttempts: 8 });

    const path = writeWorkflow(app, workflowOf('Fields', [{ id: 'a', name: 'W', script: 'say' }]));
    await page.goto(app.url() + routeOf({ file: path, dialog: 'settings', tab: 'workflow' }));
    const address = page.getByLabel('Add a repository');
    await address.fill('not a url');
    await address.press('Enter');
    await page.getByText(/“not a url” is not one of/).waitFor();
    await page.getByText(/https:\/\/github\.com\/owner\/name/).waitFor();
    await address.fill('https://github.com/acme/app');
    await address.press('Enter');
    await page.getByLabel('Starting ref of acme/app').waitFor();
  });
});
