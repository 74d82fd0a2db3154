import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  closeWithEscape,
  openSession,
  openSessions,
  setUpApp,
} from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { seedSessions } from '../../testing/browser/seed-sessions.ts';
import { workflowOf, writeWorkflow } from '../../testing/browser/workflows.ts';

const picture = '<img src=x onerror="window.hacked=1">';
const address = 'javascript:window.hacked=1';

/** What Cursor could say about branches, pull requests and pages if someone had got into it. */
const fixture = setUpApp((home) =>
  seedSessions(home, [
    {
      name: `Seeded ${picture}`,
      agentName: `Agent ${picture}`,
      result: `${picture} [here](${address})`,
      agentUrl: address,
      branch: { repoUrl: address, branch: `branch ${picture}`, prUrl: address },
    },
  ]),
);

const isHacked = (page: Page) => page.evaluate('window.hacked');
/** Every address on the screen that a click could go to. */
const addressesOn = (page: Page) =>
  page.locator('a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));

describe('hostile content', () => {
  it('in addresses, branches and names from Cursor is shown as text without links', async () => {
    const { app, browser } = fixture;
    const { page, faults, foreignRequests } = await openPage(app, browser);
    const sessions = await openSessions(page);
    const row = sessions.getByRole('article', { name: /Seeded/ });
    await row.getByRole('button', { name: /^Agents of/ }).click();
    await row.getByText(`Agent ${picture}`).waitFor();
    const addresses = await addressesOn(page);
    await row.getByRole('button', { name: `Agent ${picture}` }).click();
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByRole('tab', { name: 'Facts', exact: true }).click();
    await dialog.getByText(`branch ${picture}`).first().waitFor();
    addresses.push(...(await addressesOn(page)));
    expect(addresses.filter((href) => /^\s*javascript/i.test(href ?? ''))).toEqual([]);
    expect(await isHacked(page)).toBeUndefined();
    expect(faults).toEqual([]);
    expect(foreignRequests).toEqual([]);
    await page.context().close();
  });

  it('in text, tool calls and artifacts of an agent runs nothing, and artifacts get harmless names', async () => {
    const { app, browser } = fixture;
    await app.cloud.fault(
      { agent: 'Hostile: Mallory', operation: 'listArtifacts' },
      { kind: 'hostile-artifacts' },
    );
    const script = [
      `think ${picture}`,
      `tool ${JSON.stringify(picture)} {"html": "<script>window.hacked=1</script>", "url": "${address}"}`,
      `say ${JSON.stringify(`# ${picture}\n\n[here](${address}) ![there](${address}) <${address}>\n\n<svg onload=window.hacked=1>`)}`,
    ].join('\n');
    const { sessionId } = await app.client().start({
      workflow: workflowOf('Hostile', [{ id: 'a', name: 'Mallory', script }]),
    });
    const { page, faults, foreignRequests } = await openPage(app, browser);
    const dialog = await openSession(app, page, sessionId, 'a');
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    const transcript = dialog.getByRole('region', { name: 'Transcript' });
    const folded = transcript.getByRole('button', { expanded: false });
    // The prompt, the thought and the tool call; rows that come after the loop would stay folded.
    await expect.poll(() => folded.count()).toBe(3);
    while ((await folded.count()) > 0) await folded.first().click();
    await transcript.getByText('<script>window.hacked=1</script>').first().waitFor();
    expect((await addressesOn(page)).filter((href) => /^\s*javascript/i.test(href ?? ''))).toEqual(
      [],
    );
    await dialog.getByRole('tab', { name: /Artifacts/ }).click();
    await dialog.getByText('<script>alert(1)</script>.html').first().waitFor({ timeout: 120_000 });
    for (const show of await dialog.getByRole('button', { name: /^Show / }).all()) {
      await show.click();
      await closeWithEscape(page.locator('[role=dialog][data-nested]'));
    }
    expect(await isHacked(page)).toBeUndefined();
    expect(foreignRequests).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('in a workflow file runs nothing on the canvas, in the panels and in the preflight dialog', async () => {
    const { app, browser } = fixture;
    const workflow = workflowOf(picture, [
      { id: 'a', name: picture, script: `say ${picture}` },
      { id: 'b', name: `${picture}2`, script: 'say Hi.' },
    ]);
    const path = writeWorkflow(app, { ...workflow, id: 'hostile-file' });
    const { page, faults, foreignRequests } = await openPage(app, browser);
    await page.goto(app.url() + routeOf({ file: path }));
    await page.getByRole('group', { name: `Agent ${picture}`, exact: true }).click();
    await page.getByRole('complementary').getByLabel('Name', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByText('2 agents in 2 waves').waitFor();
    expect(await isHacked(page)).toBeUndefined();
    expect(faults).toEqual([]);
    expect(foreignRequests).toEqual([]);
    await page.context().close();
  });
});
