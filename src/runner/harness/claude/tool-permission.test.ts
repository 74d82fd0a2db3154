import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../../../../testing/test-folder.ts';
import { requestOf } from './tool-permission.ts';

const cwd = testFolder();
writeFileSync(join(cwd, 'a.txt'), 'one\ntwo\nthree two\n');

const diffOf = async (tool: string, input: Record<string, unknown>) =>
  (await requestOf({ tool, input: { file_path: join(cwd, 'a.txt'), ...input }, callId: 't', cwd }))
    .diff;

it('contains the diff of a write or an edit', async () => {
  expect(await diffOf('Write', { content: 'one\n2\nthree two\n' })).toContain('-two\n+2\n');
  const one = await diffOf('Edit', { old_string: 'two', new_string: '$&2' });
  expect(one).toContain('-two\n+$&2\n three two');
  const all = await diffOf('Edit', { old_string: 'two', new_string: '2', replace_all: true });
  expect(all).toContain('-two\n-three two\n+2\n+three 2');
});

it('contains all of a new file', async () => {
  expect(await diffOf('Write', { file_path: 'new.txt', content: 'x\n' })).toContain('+x');
});
