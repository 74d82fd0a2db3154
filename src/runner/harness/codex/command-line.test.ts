import { expect, it } from 'vitest';
import { innerCommand } from './command-line.ts';

it('removes the shell that Codex wraps around a command', () => {
  expect(innerCommand("/bin/bash -c 'echo hi; exit 3'")).toBe('echo hi; exit 3');
  expect(innerCommand('/bin/bash -c ls')).toBe('ls');
  expect(innerCommand("/usr/bin/zsh -lc 'git push'")).toBe('git push');
  expect(innerCommand('/bin/bash -c "cat -- \'a b.txt\'"')).toBe("cat -- 'a b.txt'");
});

it('parses nested quotes as written by shlex', () => {
  expect(innerCommand(`/bin/bash -c 'echo '"'"'it'"'"' > "a b"'`)).toBe(`echo 'it' > "a b"`);
  expect(innerCommand(`/bin/bash -c "echo \\"\\$HOME\\" 'x'"`)).toBe(`echo "$HOME" 'x'`);
});

it('leaves everything else unchanged', () => {
  for (const command of ['ls -a', 'bash script.sh', "bash -c 'ls' extra", 'bash -c'])
    expect(innerCommand(command)).toBe(command);
});
