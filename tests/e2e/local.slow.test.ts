import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { violationsOf } from '../../testing/browser/accessibility.ts';
import { closeWithEscape, setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** A repository of a person, with one commit and one file that is not committed, and a local workflow in it. */
function repositoryWith(name: string, script: string): { folder: string; file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'cerevisor-repository-'));
  folders.push(folder);
  const git = (...words: string[]) =>
    execFileSync(
      'git',
      ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words],
      { stdio: 'pipe' },
    );
  writeFileSync(join(folder, 'README.md'), '# Shop\n');
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'Start');
  const file = join(folder, `${name}.cerevisor`);
  const workflow = workflowOf(name, [{ id: 'a', name: 'Worker', script }]);
  writeFileSync(file, JSON.stringify({ ...workflow, settings: { runMode: 'local' } }));
  return { folder, file };
}

describe('a local run', () => {
  it('shows what it will do, asks for trust in the commands of the file, and shows command output', async () => {
    const { app, browser } = fixture;
    const isSeen = join(app.home, 'first-line-is-seen');
    const { folder, file } = repositoryWith(
      'local-shop',
      `run echo first line; until [ -e '${isSeen}' ]; do sleep 0.2; done; echo last line\nwrite notes/hi.md Hi\nsay Done here.`,
    );
    const { page, faults } = await openPage(app, browser);
    await page.goto(app.url() + routeOf({ file, dialog: 'settings', tab: 'workflow' }));
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('radio', { name: 'Local', checked: true }).waitFor();
    await settings.getByText(folder, { exact: true }).waitFor();
    await settings.getByLabel('Setup commands').fill('echo ready');
    await settings.getByRole('heading', { name: 'Enforced on this machine' }).waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    const summary = dialog.getByRole('region', { name: 'Summary' });
    await summary.getByText('Local: this machine').waitFor();
    await summary.getByText('with 1 uncommitted file, which agents start with').waitFor();
    await summary.getByText('echo ready').waitFor();
    await summary.getByText('At the same time').waitFor();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    const question = page.getByRole('alertdialog', { name: 'Trust this workflow?' });
    await question.getByText('echo ready').waitFor();
    await question.getByRole('button', { name: 'Trust and run' }).click();

    await page.getByText('1 local agent at work').waitFor({ timeout: 120_000 });
    await dialog.getByRole('article', { name: 'Worker' }).getByRole('button').first().click();
    const agent = dialog.getByRole('region', { name: 'Agent Worker' });
    await agent.getByRole('region', { name: 'Output so far' }).getByText('first line').waitFor();
    writeFileSync(isSeen, '');
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await agent.getByText('Done here.').first().waitFor();
    await agent.getByRole('tab', { name: 'Facts', exact: true }).click();
    await agent.getByText('Local: this machine').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Sessions', exact: true }).click();
    const sessions = page.getByRole('dialog', { name: 'Sessions', exact: true });
    const row = sessions.getByRole('article', { name: /^local-shop/ });
    await row.getByText(folder).waitFor();
    const modes = sessions.getByRole('group', { name: 'Run mode' });
    await modes.getByRole('button', { name: 'Cloud' }).click();
    await row.waitFor({ state: 'detached' });
    await modes.getByRole('button', { name: 'Local' }).click();
    await row.waitFor();
    expect(await row.getByRole('button', { name: /Refetch/ }).count()).toBe(0);
    await closeWithEscape(sessions);
    await page.getByRole('button', { name: 'Sessions', exact: true }).waitFor();
    // Nothing has run in the cloud.
    expect(await page.getByRole('button', { name: 'Cloud Sessions' }).count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('lets the keyboard reach the end of a long question without accessibility violations', async () => {
    const { app, browser } = fixture;
    const { file } = repositoryWith('local-long', 'say Done.');
    const document = JSON.parse(readFileSync(file, 'utf8'));
    const setup = Array.from({ length: 60 }, (_, place) => `echo step ${place + 1}.`);
    writeFileSync(
      file,
      JSON.stringify({ ...document, settings: { runMode: 'local', local: { setup } } }),
    );
    const { page, faults } = await openPage(app, browser);
    await page.goto(app.url() + routeOf({ file, dialog: 'execution' }));
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    const question = page.getByRole('alertdialog', { name: 'Trust this workflow?' });
    await question
      .getByRole('button', { name: 'Do not run' })
      .and(page.locator(':focus'))
      .waitFor();
    expect(await violationsOf(page)).toEqual([]);
    const last = question.getByText('echo step 60.', { exact: true });
    const endOf = async () => (await last.boundingBox())?.y ?? Number.POSITIVE_INFINITY;
    expect(await endOf()).toBeGreaterThan(900);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('End');
    await expect.poll(endOf).toBeLessThan(900);
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('lets a new workflow choose its folder from the list, also one of an earlier session', async () => {
    const { app, browser } = fixture;
    const { folder, file } = repositoryWith('local-earlier', 'say Done.');
    const { sessionId } = await app.client().start({ path: file });
    const document = workflowOf('chooses', [{ id: 'a', name: 'Worker', script: 'say Hi.' }]);
    const { path } = await app.client().createFile({
      name: 'chooses',
      text: JSON.stringify({ ...document, settings: { runMode: 'local' } }),
    });
    const { page, faults } = await openPage(app, browser);
    await page.goto(app.url() + routeOf({ file: path, dialog: 'settings', tab: 'workflow' }));
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByText(/is not in a git repository/).waitFor();
    await settings.getByRole('button', { name: 'Choose…' }).click();
    const chooser = page.getByRole('dialog', { name: 'Choose a folder' });
    await chooser.getByRole('region', { name: 'Folders', exact: true }).waitFor();
    await chooser.getByRole('button', { name: `${folder} git` }).click();
    await settings.getByText(/set in the workflow, branch main/).waitFor();
    // It lies outside the home folder, where nothing is listed.
    await settings.getByRole('button', { name: 'Choose…' }).click();
    await chooser.getByText(/outside your home folder/).waitFor();
    expect(await chooser.getByRole('button', { name: 'Use this folder' }).isDisabled()).toBe(true);
    await chooser.getByRole('button', { name: 'Go to the home folder' }).click();
    await chooser.getByRole('region', { name: 'Folders', exact: true }).waitFor();
    await chooser.getByRole('button', { name: 'Cancel' }).click();
    expect(await settings.getByRole('textbox', { name: 'Folder' }).inputValue()).toBe(folder);
    // A refused request stands in the console; it is what was asked for here.
    expect(faults.filter((fault) => !fault.includes('403'))).toEqual([]);
    await app
      .client()
      .cancel(sessionId)
      .catch(() => undefined); // Done already, most likely.
    await page.context().close();
  });

  it('is cancelled from the list with everything that it started', async () => {
    const { app, browser } = fixture;
    const { file } = repositoryWith('local-long', 'run sleep 600');
    const { sessionId } = await app.client().start({ path: file });
    const { page } = await openPage(app, browser);
    await page.getByText('1 local agent at work').waitFor({ timeout: 120_000 });
    await page.goto(app.url() + routeOf({ dialog: 'all-sessions' }));
    const row = page.getByRole('article', { name: /^local-long/ });
    await row.getByRole('button', { name: 'Cancel' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByText(/All agents on this machine are stopped/).waitFor();
    await question.getByRole('button', { name: 'Cancel session' }).click();
    await row.getByText('Cancelled').waitFor({ timeout: 120_000 });
    expect((await app.client().session(sessionId)).status).toBe('cancelled');
    await page.context().close();
  });
});
