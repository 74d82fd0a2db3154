import { expect, test } from 'vitest';
import { shellCommand, withCommand } from './shell-command.ts';

test('commands in messages are adapted to this shell', () => {
  const own = (advice: string) => withCommand(advice, 'node bin/cerevisor.mjs');
  for (const [advice, shown] of [
    ['Start it with: cerevisor start', 'Start it with: node bin/cerevisor.mjs start'],
    ['Run `cerevisor doctor`.', 'Run `node bin/cerevisor.mjs doctor`.'],
    ['Try again:  cerevisor retry 3f', 'Try again:  node bin/cerevisor.mjs retry 3f'],
    [
      'use it with: cerevisor stop, cerevisor start',
      'use it with: node bin/cerevisor.mjs stop, node bin/cerevisor.mjs start',
    ],
  ] as const)
    expect(own(advice)).toBe(shown);
  expect(own('Keep shop.cerevisor and move cerevisor-cloud-runs.db away.')).toBe(
    'Keep shop.cerevisor and move cerevisor-cloud-runs.db away.',
  );
});

test('if cerevisor is not on the path, the launcher of this installation is used', () => {
  const started = { npm_lifecycle_event: 'start', CEREVISOR_HOME: '/srv/home', PATH: '/nowhere' };
  expect(shellCommand(started)).toMatch(/^node \S*bin\/cerevisor\.mjs$/);
  const installed = '/opt/.npm/_npx/1a/node_modules/cerevisor';
  expect(shellCommand({}, installed)).toBe('npx cerevisor');
});
