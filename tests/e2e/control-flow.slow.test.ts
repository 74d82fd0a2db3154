import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { violationsOf } from '../../testing/browser/accessibility.ts';
import { setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { writeWorkflow } from '../../testing/browser/workflows.ts';
import { agent, script } from '../../testing/control-flow.ts';

const fixture = setUpApp();

const placed = (x: number, y: number) => ({ position: { x, y } });
const workflow = {
  version: '1.0',
  id: 'rounds',
  name: 'Rounds',
  agents: [
    agent('write', `Write.\n\n${script('write draft.md One', 'conclude')}`, placed(0, 100)),
    agent(
      'review',
      `Review.\n\n${script('decide again no until round 2 Typo.', 'decide bug no')}`,
      placed(320, 100),
    ),
    agent('fix', 'Fix.', placed(640, 0)),
    agent('publish', 'Publish.', placed(640, 200)),
  ],
  connections: [
    { id: 'draft', source: 'write', target: 'review' },
    {
      id: 'again',
      source: 'review',
      target: 'write',
      flowType: 'loop',
      loopCondition: 'Nothing is left.',
    },
    {
      id: 'bug',
      source: 'review',
      target: 'fix',
      flowType: 'conditional',
      condition: 'A test fails.',
    },
    { id: 'fine', source: 'review', target: 'publish', flowType: 'approval-gate' },
  ],
  settings: {
    runMode: 'cloud',
    cloud: { repos: [{ url: 'https://github.com/cerevisor/sample-shop' }] },
  },
};

describe('a session that goes through rounds', () => {
  it('is estimated before it runs, and shown on the canvas and in the Execution window', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const path = writeWorkflow(app, workflow);
    await page.goto(app.url() + routeOf({ file: path, dialog: 'execution' }));
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByText('At most 8 1 loop, 1 conditional connection, 1 approval gate').waitFor();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();

    const question = dialog.getByRole('article', { name: 'Approve the work of review?' });
    await question.waitFor();
    await question.getByRole('button', { name: 'Show the changes' }).click();
    await question.getByRole('button', { name: 'Hide the changes' }).waitFor();
    const flow = dialog.getByRole('region', { name: 'Flow' });
    await flow.getByText('Ended after round 2 of 3: its exit condition was met').waitFor();
    await flow.getByText('Waiting for approval').waitFor();
    await question.getByLabel('Note').fill('Not this week.');
    await question.getByRole('button', { name: 'Reject' }).click();
    await flow.getByText('The work of "review" was rejected: Not this week.').waitFor();
    expect(await violationsOf(page)).toEqual([]);

    await dialog.getByRole('button', { name: 'write', exact: true }).click();
    const rounds = dialog.getByRole('group', { name: 'Rounds' });
    const transcript = dialog.getByRole('region', { name: 'Transcript' });
    await transcript.getByText('Round 2 of 3: prompt').waitFor();
    await transcript.getByText('Round 1 of 3: prompt').waitFor({ state: 'detached' });
    await rounds.getByRole('button', { name: 'Round 1 of 3' }).click();
    await transcript.getByText('Round 1 of 3: prompt').waitFor();
    await transcript.getByText('Round 2 of 3: prompt').waitFor({ state: 'detached' });
    expect(await violationsOf(page)).toEqual([]);

    await page.goto('about:blank');
    await page.goto(app.url() + routeOf({ file: path }));
    // A line without height is hidden to the browser.
    const edge = (name: RegExp) => page.getByRole('group', { name }).waitFor({ state: 'attached' });
    await edge(/^Connection from write to review, .*taken/);
    await edge(/to fix, conditional, .*not taken: Its condition does not hold/);
    await edge(/to publish, approval gate, .*blocked: The work of "review" was rejected/);
    await page.getByText('Round 2 of 3').waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.getByRole('button', { name: /^Hide the paths/ }).click();
    await page.getByText('Up to 3 rounds').waitFor();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

describe('the examples', () => {
  const folder = join(import.meta.dirname, '../../examples');
  const runs = [
    { file: 'review-until-approved', mode: 'Cloud' },
    { file: 'triage-with-branches', mode: 'Cloud' },
    { file: 'migrate-with-approval', mode: 'Local' },
  ];

  it.each(runs)('$file runs in $mode mode from the list of the app', async ({ file, mode }) => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const document = JSON.parse(readFileSync(join(folder, `${file}.cerevisor`), 'utf8'));
    const examples = page.getByRole('region', { name: 'Examples' });
    await examples.getByRole('button', { name: document.name, exact: true }).click();
    await page.getByRole('main', { name: 'Canvas' }).waitFor();
    await page.getByRole('button', { name: 'Workflow settings' }).click();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByRole('radio', { name: mode }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Run', exact: true }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    const approve = dialog.getByRole('button', { name: 'Approve', exact: true }).first();
    const end = dialog.getByText('Finished', { exact: true }).first();
    for (;;) {
      await approve.or(end).first().waitFor({ timeout: 120_000 });
      if (await end.isVisible()) break;
      // The button of this question: that of the next one may be there as soon as it is gone.
      const button = await approve.elementHandle();
      await approve.click();
      await button?.waitForElementState('hidden', { timeout: 120_000 });
    }
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
