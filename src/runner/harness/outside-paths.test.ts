import { mkdirSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { testFolder } from '../../../testing/test-folder.ts';
import { OutsidePaths } from './outside-paths.ts';

let root: string;
let cwd: string;
let outside: OutsidePaths;

beforeEach(() => {
  root = testFolder();
  cwd = join(root, 'work');
  mkdirSync(join(cwd, 'src'), { recursive: true });
  outside = new OutsidePaths(cwd);
});

const paths = (name: string, args: unknown): readonly string[] =>
  outside.warningsFor(name, args).map((text) => text.replace(/^.*working folder: /, ''));
const inCommand = (command: string, workingDirectory?: string) =>
  paths('shell', { command, workingDirectory });

describe('a tool call', () => {
  it('inside the working folder causes no warning', () => {
    expect(paths('edit', { path: join(cwd, 'src/a.ts') })).toEqual([]);
    expect(paths('edit', { path: 'src/../b.ts' })).toEqual([]);
    expect(paths('read', { path: '..hidden' })).toEqual([]);
    expect(paths('mcp', { args: { path: '/etc/hosts' } })).toEqual([]);
    expect(paths('shell', null)).toEqual([]);
  });

  it('outside of it causes a warning with the tool and the path', () => {
    expect(outside.warningsFor('edit', { path: '/etc/hosts' })).toEqual([
      'The tool call "edit" names a path outside the working folder: /etc/hosts',
    ]);
    expect(paths('read', { path: '../other' })).toEqual([join(root, 'other')]);
    expect(paths('glob', { targetDirectory: '~/x' })).toEqual([join(homedir(), 'x')]);
  });

  it('causes one warning per path', () => {
    expect(paths('read', { path: '/etc/hosts' })).toHaveLength(1);
    expect(paths('edit', { path: '/etc/hosts' })).toEqual([]);
  });

  it('with very many paths causes a limited number of warnings', () => {
    const warnings = Array.from({ length: 40 }, (_, at) => paths('read', { path: `/etc/f${at}` }));
    expect(warnings.flat()).toHaveLength(21);
    expect(warnings.flat().at(-1)).toContain('More tool calls name paths');
  });

  it('with the real path of the folder is inside', () => {
    symlinkSync(cwd, join(root, 'link'));
    outside = new OutsidePaths(join(root, 'link'));
    expect(paths('edit', { path: join(cwd, 'a') })).toEqual([]);
  });
});

describe('a command', () => {
  it('causes a warning for absolute paths and for ..', () => {
    expect(inCommand('cat /etc/hosts > ../out.txt')).toEqual(['/etc/hosts', join(root, 'out.txt')]);
    expect(inCommand('cp a $HOME/b')).toEqual([join(homedir(), 'b')]);
    expect(inCommand('tool --config=/etc/passwd')).toEqual(['/etc/passwd']);
    expect(inCommand('cat "/etc/group"')).toEqual(['/etc/group']);
  });

  it('in another folder causes a warning about it, and .. is relative to it', () => {
    expect(inCommand('cat ../x', join(cwd, 'src'))).toEqual([]);
    expect(inCommand('ls', root)).toEqual([root]);
  });

  it('causes no warning for programs, devices and patterns that look like paths', () => {
    expect(inCommand('/usr/bin/env node a.js 2>/dev/null | /bin/cat')).toEqual([]);
    expect(inCommand("awk '/error/' log; curl https://example.com/../x")).toEqual([]);
  });
});
