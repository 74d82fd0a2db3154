import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A small git repository with one commit; answers with its path, which the rehearsal cloud can clone. */
export function sampleRepository(path: string): string {
  mkdirSync(path, { recursive: true });
  const git = (...words: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=Sample', '-c', 'user.email=sample@example.com', ...words],
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
