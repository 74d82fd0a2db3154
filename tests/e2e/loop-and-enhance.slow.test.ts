import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { sampleRepository, writeWorkflow } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();

/** A builder that fails until a planner says better what to do. */
function enhanced(name: string, settings: object = {}) {
  const edits = [
    { kind: 'update-agent', agentId: 'build', set: { instructions: 'Build with care.' } },
  ];
  return {
    version: '1.0',
    id: `test-${name.toLowerCase().replaceAll(' ', '-')}`,
    name,
    agents: [
      {
        id: 'build',
        name: 'Builder',
        role: 'developer',
        instructions: 'Build.\n\n```rehearse\nfail It does not compile.\n```',
        position: { x: 0, y: 0 },
      },
      {
        id: 'publish',
        name: 'Publisher',
        role: 'custom',
        instructions: 'Publish.',
        position: { x: 320, y: 0 },
      },
    ],
    connections: [{ source: 'build', target: 'publish', handoffFormat: 'full-output' }],
    settings: {
      runMode: 'cloud',
      cloud: { repos: [{ url: sampleRepository }] },
      loopAndEnhance: {
        enabled: true,
        pauseBetweenRounds: true,
        plannerInstructions: `\`\`\`rehearse\npropose ${JSON.stringify({ summary: 'The instructions say how to build.', edits })}\n\`\`\``,
        ...settings,
      },
    },
  };
}

describe('Loop & Enhance', () => {
  it('shows what failed and the proposed edits, runs the next round, and saves the workflow', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const path = writeWorkflow(app, enhanced('Enhanced'));
    await page.goto(app.url() + routeOf({ file: path, dialog: 'execution' }));
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByText(/up to 3 rounds of Loop & Enhance/).waitFor();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    const question = dialog.getByRole('article', { name: "Approve the planner's edits?" });
    await question.getByText('The instructions say how to build.').waitFor({ timeout: 120_000 });
    await question.getByText('Build with care.').waitFor();
    await question.getByRole('button', { name: 'Approve' }).click();
    await question.waitFor({ state: 'detached' });
    const rounds = dialog.getByRole('region', { name: 'Loop & Enhance' });
    await rounds.getByText('Converged: nothing is left to improve.').waitFor({ timeout: 120_000 });
    await rounds.getByRole('heading', { name: 'Round 2 of 3' }).waitFor();
    await rounds.getByRole('button', { name: 'Save workflow' }).click();
    const save = page.getByRole('alertdialog', { name: 'Save the edited workflow?' });
    await save.getByText('Build with care.').waitFor();
    await save.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`Saved to ${path}`).waitFor();
    const saved = JSON.parse(readFileSync(path, 'utf8'));
    expect(saved.agents[0].instructions).toBe('Build with care.');
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('accepts feedback during a round, which leads to another one', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser);
    const workflow = enhanced('Feedback', { pauseBetweenRounds: false, maxRounds: 2 });
    const agents = [
      { ...workflow.agents[0], instructions: 'Build.\n\n```rehearse\nwait 30m\nsay Built.\n```' },
    ];
    const { sessionId } = await app
      .client()
      .start({ workflow: { ...workflow, agents, connections: [] } });
    await page.goto(app.url() + routeOf({ dialog: 'execution', session: sessionId }));
    const rounds = page.getByRole('region', { name: 'Loop & Enhance' });
    await rounds.getByLabel('Feedback on this round').fill('Too slow on a phone.');
    await rounds.getByRole('button', { name: 'Give feedback' }).click();
    await rounds.getByText('You said: Too slow on a phone.').waitFor();
    await app.cloud.setTimeScale(600);
    await rounds.getByRole('heading', { name: 'Round 2 of 2' }).waitFor({ timeout: 120_000 });
    await page.context().close();
  });

  it('is configured in the settings of the workflow', async () => {
    const { app, browser } = fixture;
    const { page } = await openPage(app, browser);
    const path = writeWorkflow(app, enhanced('Settings', { enabled: false }));
    await page.goto(app.url() + routeOf({ file: path, dialog: 'settings', tab: 'workflow' }));
    const section = page.getByRole('region', { name: 'Loop & Enhance' });
    await section.getByRole('switch', { name: 'Improve the workflow until it succeeds' }).click();
    await section.getByLabel('Maximum rounds').fill('5');
    await section.getByLabel('Token budget').fill('2000000');
    await section.getByLabel('In a further round, agents').selectOption('fresh');
    await page.keyboard.press('Control+s');
    await expect
      .poll(() => JSON.parse(readFileSync(path, 'utf8')).settings.loopAndEnhance, {
        timeout: 120_000,
      })
      .toMatchObject({ enabled: true, maxRounds: 5, budgetTokens: 2_000_000, threads: 'fresh' });
    await page.context().close();
  });

  it('lets the user choose the provider of the planner and the verifiers by name', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const path = writeWorkflow(
      app,
      enhanced('Chosen', { plannerProviderId: 'of-another-machine' }),
    );
    const saved = async (name: string): Promise<unknown> => {
      await page.keyboard.press('Control+s');
      return JSON.parse(readFileSync(path, 'utf8')).settings.loopAndEnhance[name];
    };
    await page.goto(app.url() + routeOf({ file: path, dialog: 'settings', tab: 'workflow' }));
    const section = page.getByRole('region', { name: 'Loop & Enhance' });
    const provider = section.getByLabel('Provider of the planner');
    await expect.poll(() => provider.inputValue()).toBe('of-another-machine');
    await section
      .getByText(/"of-another-machine"/)
      .first()
      .waitFor();
    await provider.selectOption({ label: 'Cursor Agent' });
    await expect.poll(() => saved('plannerProviderId')).toBe('cursor-agent');
    await provider.selectOption({ label: 'The provider of the workflow' });
    await expect.poll(() => saved('plannerProviderId')).toBeUndefined();

    const whose = section.getByLabel('Whose verdict counts');
    await section.getByText('No agent verifies the work. Give one').waitFor();
    await whose.selectOption({ label: 'That of the agents chosen here' });
    await section.getByText('No agent verifies the work. Choose one.').waitFor();
    await section.getByRole('checkbox', { name: 'Publisher' }).click();
    await expect.poll(() => saved('verifiers')).toEqual(['publish']);
    await section.getByRole('checkbox', { name: 'Builder' }).click();
    await section.getByRole('checkbox', { name: 'Publisher' }).click();
    await expect.poll(() => saved('verifiers')).toEqual(['build']);
    await whose.selectOption({ label: 'That of reviewers and testers' });
    await expect.poll(() => saved('verifiers')).toBeUndefined();
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
