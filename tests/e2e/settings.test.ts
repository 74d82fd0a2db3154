import type { Browser } from 'playwright-core';
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

describe('settings', () => {
  it('switches a workflow to the cloud, picks a repository, and asks twice before pull requests', async () => {
    const { page, faults } = await openPage(app, browser);
    const workflow = workflowOf('To the cloud', [
      { id: 'a', name: 'Only', script: 'write notes/hi.md Hi' },
    ]);
    const path = writeWorkflow(app, { ...workflow, settings: {} } as never);
    await page.goto(app.url() + routeOf({ file: path, dialog: 'settings' }));
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('tab', { name: 'Workflow', selected: true }).waitFor();
    const mode = settings.getByRole('radiogroup', { name: 'Run mode' });
    await mode.getByRole('radio', { name: 'Cloud' }).click();
    const targets = settings.getByRole('region', { name: 'Repository targets' });
    await targets.getByRole('button', { name: 'cerevisor/sample-shop' }).click();
    await targets.getByLabel('Starting ref of cerevisor/sample-shop').waitFor();

    const switchTo = settings.getByRole('switch', { name: 'Auto-create PR' });
    await switchTo.click();
    const question = page.getByRole('alertdialog');
    await question.getByText('up to 1 pull request in cerevisor/sample-shop').waitFor();
    await question.getByRole('button', { name: 'Keep it off' }).click();
    expect(await switchTo.getAttribute('aria-checked')).toBe('false');
    await switchTo.click();
    await question.getByRole('button', { name: 'Enable Auto-create PR' }).click();
    await settings.getByLabel('Who opens pull requests').waitFor();
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await question.getByRole('button', { name: 'Run and open pull requests' }).click();
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await dialog.getByText('Pull request').first().waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('offers the cloud only while the provider is Cursor Agent, and explains why', async () => {
    const { page } = await openPage(app, browser);
    const workflow = workflowOf('Elsewhere', [{ id: 'a', name: 'Only', script: 'say Hi.' }]);
    const path = writeWorkflow(app, {
      ...workflow,
      settings: { providerId: 'anthropic' },
    } as never);
    await page.goto(app.url() + routeOf({ file: path, dialog: 'settings', tab: 'workflow' }));
    const cloud = page.getByRole('radio', { name: 'Cloud' });
    await page.getByText('Only Cursor Agent can run in the cloud').waitFor();
    expect(await cloud.getAttribute('aria-disabled')).toBe('true');
    const refused = writeWorkflow(app, {
      ...workflow,
      id: 'refused',
      settings: { providerId: 'anthropic', runMode: 'cloud' },
    } as never);
    await page.goto('about:blank');
    await page.goto(app.url() + routeOf({ file: refused, dialog: 'settings', tab: 'workflow' }));
    const reason = page.getByText('no agent uses it');
    await reason.waitFor();
    await page.getByRole('radio', { name: 'Local' }).click();
    await reason.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('never shows a key again', async () => {
    const { page } = await openPage(app, browser);
    const answers: Promise<string>[] = [];
    page.on('response', (response) => {
      const isStream = response.headers()['content-type']?.includes('event-stream');
      // A body can be gone by the time it is asked for, as after a navigation.
      if (response.url().includes('/api/') && isStream !== true)
        answers.push(response.text().catch(() => ''));
    });
    const answerTo = async (path: string, button: string) => {
      const [response] = await Promise.all([
        page.waitForResponse((each) => each.url().endsWith(path)),
        page.getByRole('button', { name: button }).click(),
      ]);
      return response.text();
    };
    await page.goto(app.url() + routeOf({ dialog: 'settings', tab: 'providers' }));
    await page.getByLabel('Key', { exact: true }).fill('crsr_never_shown_again');
    answers.push(answerTo('/api/credentials/validate', 'Validate'));
    await answers.at(-1);
    answers.push(answerTo('/api/smoke-test', 'Run smoke test'));
    expect((await Promise.all(answers)).join('\n')).not.toContain('never_shown_again');
    await page.context().close();
  });
});
