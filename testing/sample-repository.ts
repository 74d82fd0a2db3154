import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Creates a small git repository with one commit. Returns its path. */
export function sampleRepository(path: string): string {
  mkdirSync(path, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=Sample', '-c', 'user.email=sample@example.com', ...args],
      {
        cwd: path,
        stdio: 'pipe',
      },
    );
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(path, 'README.md'), '# Shop\n\nA small shop.\n');
  writeFileSync(join(path, 'index.ts'), 'export const price = (cents: number) => cents / 100;\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'Begin');
  return path;
}
