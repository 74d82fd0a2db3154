import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { violationsOf } from '../../testing/browser/accessibility.ts';
import { setUpApp } from '../../testing/browser/app-fixture.ts';
import { openPage, routeOf } from '../../testing/browser/browser.ts';
import { workflowOf } from '../../testing/browser/workflows.ts';

const fixture = setUpApp();

/** Two agents of another provider in a folder of their own, which ask before they run commands. */
function askingWorkflow(name: string, scripts: readonly string[]) {
  const folder = join(fixture.app.home, `folder-${name.replaceAll(' ', '-')}`);
  mkdirSync(folder);
  const git = (...args: readonly string[]) =>
    execFileSync('git', [
      '-C',
      folder,
      '-c',
      'user.name=Ada',
      '-c',
      'user.email=ada@example',
      ...args,
    ]);
  git('init', '-q', '-b', 'main');
  writeFileSync(join(folder, 'README.md'), '# Shop\n');
  git('add', '-A');
  git('commit', '-q', '-m', 'Start');
  const agents = scripts.map((script, place) => ({
    id: `agent${place}`,
    name: ['Builder', 'Tester'][place] ?? 'Agent',
    script,
  }));
  const base = workflowOf(name, agents);
  const workflow = {
    ...base,
    agents: base.agents.map((agent) => ({ ...agent, model: 'gpt-5' })),
    connections: [],
    settings: {
      providerId: 'openai-compatible',
      runMode: 'local',
      permissions: { execution: 'ask' },
    },
  };
  return { workflow, folder };
}

describe('a tool call that needs permission', () => {
  it('is shown with its command, and runs once it is allowed, by the keyboard too', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const { workflow, folder } = askingWorkflow('Asking', [
      'run echo built > built.txt\nrun echo again > again.txt\nsay Done.',
      'run echo tested > tested.txt\nsay Done.',
    ]);
    const { sessionId } = await app.client().start({ workflow, folder, confirmed: [] });
    await page.goto(app.url() + routeOf({ dialog: 'execution', session: sessionId }));
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByText('2 tool calls of 2 agents wait').waitFor({ timeout: 120_000 });
    expect(await violationsOf(page)).toEqual([]);
    const builder = dialog.getByRole('article', { name: 'Builder wants to run a command' });
    const tester = dialog.getByRole('article', { name: 'Tester wants to run a command' });
    await dialog.getByRole('button', { name: 'Tester wants to run' }).click();
    await tester.getByText('echo tested > tested.txt').first().waitFor();
    await tester.getByLabel('Note').fill('No tests today.');
    await tester.getByRole('button', { name: 'Deny' }).click();
    await builder.getByLabel('For this session').click();
    await builder.getByLabel('Applies to').selectOption({ label: 'Another pattern…' });
    await builder.getByLabel('Pattern').fill('echo *');
    await builder.focus();
    await page.keyboard.press('a');
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    const { agents } = await app.client().session(sessionId);
    const folderOf = (id: string) => agents.find((agent) => agent.id === id)?.folder ?? '';
    expect(existsSync(join(folderOf('agent0'), 'again.txt'))).toBe(true);
    expect(existsSync(join(folderOf('agent1'), 'tested.txt'))).toBe(false);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('is not answered by what is typed in the note while others are answered elsewhere', async () => {
    const { app, browser } = fixture;
    const { page, faults } = await openPage(app, browser);
    const { workflow, folder } = askingWorkflow(
      'Typing',
      ['one', 'two', 'three'].map((name) => `run echo x > ${name}.txt\nsay Done.`),
    );
    const { sessionId } = await app.client().start({ workflow, folder, confirmed: [] });
    await page.goto(app.url() + routeOf({ dialog: 'execution', session: sessionId }));
    const dialog = page.getByRole('dialog', { name: 'Execution' });
    await dialog.getByText('3 tool calls of 3 agents wait').waitFor({ timeout: 120_000 });
    const [shown, ...others] = (await app.client().session(sessionId)).requests;
    const deny = (id: string | undefined) =>
      app.client().answerToolRequest(sessionId, id ?? '', { decision: 'deny' });
    const answers: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') answers.push(request.url());
    });
    const note = dialog.getByLabel('Note');
    await note.pressSequentially('No');
    await deny(others[0]?.id);
    await dialog.getByText('2 tool calls of 2 agents wait').waitFor();
    await page.keyboard.type(' and a d');
    expect(await note.inputValue()).toBe('No and a d');
    // The one to which the note belongs goes: the rest of the words is no answer to the next one.
    await deny(shown?.id);
    await dialog.getByRole('list', { name: 'All waiting requests' }).waitFor({ state: 'detached' });
    await expect.poll(() => note.inputValue()).toBe('');
    // Nor is it lost.
    await dialog.getByText('No and a d', { exact: true }).waitFor();
    await page.keyboard.type('a d');
    await dialog.getByRole('button', { name: 'Deny' }).click();
    await dialog.getByText('All waves settled').waitFor({ timeout: 120_000 });
    expect(answers).toHaveLength(1);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('waits across a restart, and another window can be faster', async () => {
    const { app, browser } = fixture;
    const { workflow, folder } = askingWorkflow('Waiting', ['run echo x > x.txt\nsay Done.']);
    const { sessionId } = await app.client().start({ workflow, folder, confirmed: [] });
    const { page } = await openPage(app, browser);
    await page.goto(app.url() + routeOf({ dialog: 'execution', session: sessionId }));
    const card = page.getByRole('article', { name: 'Builder wants to run a command' });
    await card.waitFor({ timeout: 120_000 });
    await app.restart();
    await card.getByRole('button', { name: 'Allow' }).waitFor();
    const { requests } = await app.client().session(sessionId);
    await app.client().answerToolRequest(sessionId, requests[0]?.id ?? '', { decision: 'allow' });
    await card.waitFor({ state: 'detached', timeout: 120_000 });
    await page.getByText('All waves settled').waitFor({ timeout: 120_000 });
    await page.context().close();
  });
});
