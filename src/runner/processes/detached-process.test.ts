import { expect, test } from 'vitest';
import { isDetached } from './detached-process.ts';

const signs = { terminal: 0, sessionPid: 70, parentSessionPid: 1, environment: ['PATH=/bin'] };

test('a process without a terminal, in its own session and with a cleared environment is detached', () => {
  expect(isDetached(signs)).toBe(true);
  expect(isDetached({ ...signs, parentSessionPid: null, environment: [''] })).toBe(true);
});

test('a process that a person, an editor or a service started is not detached', () => {
  expect(isDetached({ ...signs, terminal: 34816 })).toBe(false);
  expect(isDetached({ ...signs, parentSessionPid: 70 })).toBe(false);
  for (const mark of [
    'TERM=xterm',
    'DISPLAY=:0',
    'SSH_CONNECTION=1',
    'XDG_SESSION_ID=2',
    'VSCODE_PID=3',
    'INVOCATION_ID=4',
  ])
    expect(isDetached({ ...signs, environment: ['PATH=/bin', mark] })).toBe(false);
});
