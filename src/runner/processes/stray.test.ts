import { expect, test } from 'vitest';
import { isStray } from './stray.ts';

const signs = { terminal: 0, sessionPid: 70, parentSessionPid: 1, environment: ['PATH=/bin'] };

test('is what has left its terminal, its session and its environment', () => {
  expect(isStray(signs)).toBe(true);
  expect(isStray({ ...signs, parentSessionPid: null, environment: [''] })).toBe(true);
});

test('is nothing that a person, an editor or a service started', () => {
  expect(isStray({ ...signs, terminal: 34816 })).toBe(false);
  expect(isStray({ ...signs, parentSessionPid: 70 })).toBe(false);
  for (const mark of [
    'TERM=xterm',
    'DISPLAY=:0',
    'SSH_CONNECTION=1',
    'XDG_SESSION_ID=2',
    'VSCODE_PID=3',
    'INVOCATION_ID=4',
  ])
    expect(isStray({ ...signs, environment: ['PATH=/bin', mark] })).toBe(false);
});
