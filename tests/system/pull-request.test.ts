import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionView } from '../../src/contract/session-views.ts';
import { oneAgent } from '../../testing/engine-workflows.ts';
import { SystemWorld } from '../../testing/system-world.ts';

/** A pull request cannot be taken back: it is asked for, in words that name where it goes. */
let world: SystemWorld;
beforeAll(async () => {
  world = await SystemWorld.open();
});
afterAll(() => world.close());

const workflow = (id: string, autoCreatePR = true) => ({
  ...oneAgent(world.repository, ['write feature.txt hello', 'say Done.'], { autoCreatePR }),
  id,
});

test('without --yes, a run that opens pull requests exits with code 6 and starts nothing', async () => {
  const file = world.write(workflow('asks'));
  const ended = await world.run('run', file, '--detach', '--json');
  expect(ended.code).toBe(6);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'confirmation_needed' } });
  expect(ended.stderr).toContain('up to 1 pull request');
  expect(ended.stderr).toContain(world.repository);
  expect(ended.stderr).toContain('--yes');
  expect(
    (await world.run('run', world.write(workflow('flag', false)), '--auto-create-pr')).code,
  ).toBe(6);
  expect(await world.json('sessions', '--all')).toEqual([]);
  expect((await world.ledger()).agents).toEqual([]);
});

test('the API refuses as well, so that no client can skip the confirmation', async () => {
  await expect(world.client.start({ workflow: workflow('api') })).rejects.toMatchObject({
    code: 'confirmation_needed',
    status: 409,
  });
});

test('with --yes it opens one real pull request, and its page is linked everywhere', async () => {
  const ended = await world.run('run', world.write(workflow('confirmed')), '--yes');
  expect(ended.code, ended.stderr).toBe(0);
  const [session] = await world.json<SessionView[]>('sessions');
  const prUrl = session?.agents[0]?.prUrl ?? '';
  expect(prUrl).toMatch(/^http/);
  expect(ended.stdout).toContain(prUrl);
  expect((await world.run('show', session?.id ?? '')).stdout).toContain(prUrl);
  const page = await fetch(prUrl);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('feature.txt');
});

test('confirmed once, the same workflow does not ask again; another one does', async () => {
  expect((await world.run('run', world.write(workflow('confirmed')))).code).toBe(0);
  expect((await world.run('run', world.write(workflow('another')))).code).toBe(6);
});

test('--no-auto-create-pr opens none and asks nothing', async () => {
  const id = await world.begin(workflow('without'), '--no-auto-create-pr');
  const session = await world.settled(id);
  expect(session).toMatchObject({ status: 'finished', autoCreatePr: false });
  expect(session.agents[0]?.prUrl).toBeNull();
});
