import { describe, expect, test } from 'vitest';
import { type FolderRequest, findLocalFolder } from './local-folder.ts';
import type { FolderFacts, LocalMachine } from './local-machine.ts';

const repository = (root: string, path = root): FolderFacts => ({
  kind: 'repository',
  path,
  isWritable: true,
  root,
  head: 'a'.repeat(40),
  branch: 'main',
  uncommittedFiles: 0,
  remoteUrl: null,
});

const folders: Readonly<Record<string, FolderFacts>> = {
  '/shop': repository('/shop'),
  '/shop/workflows': repository('/shop', '/shop/workflows'),
  '/other': repository('/other'),
  '/notes': { kind: 'plain', path: '/notes', isWritable: true },
  '/bare': { kind: 'plain', path: '/bare', isWritable: true, gitProblem: 'it is bare' },
  '/locked': { kind: 'plain', path: '/locked', isWritable: false },
  '/opt/cerevisor/examples': repository('/opt/cerevisor', '/opt/cerevisor/examples'),
  '/home/me/.cerevisor/sample-shop': repository('/home/me/.cerevisor/sample-shop'),
};

const machine = (sample: string | null = null): LocalMachine => ({
  examine: async (folder) => folders[folder] ?? { kind: 'missing', reason: 'it does not exist' },
  sandbox: async () => ({ isAvailable: true }),
  freeMemoryBytes: () => null,
  sampleFolder: async () => sample,
  installationFolder: '/opt/cerevisor',
  home: '/home/me/.cerevisor',
  obstacles: async () => [],
});

const question = (changes: Partial<FolderRequest>): FolderRequest => ({
  named: null,
  ofWorkflow: null,
  workflowPath: null,
  currentFolder: null,
  repositoryUrls: [],
  ...changes,
});

const found = async (changes: Partial<FolderRequest>, sample: string | null = null) => {
  const answer = await findLocalFolder(machine(sample), question(changes));
  return answer.ok ? [answer.value.folder, answer.value.source] : answer.problem.code;
};

describe('the folder of local agents', () => {
  test('is the requested one, before all others', async () => {
    const asked = { named: '/notes', ofWorkflow: '/other', workflowPath: '/shop/a.cerevisor' };
    expect(await found(asked)).toEqual(['/notes', 'request']);
  });

  test('is not another one because the folder of the sample is damaged', async () => {
    expect(await found({ currentFolder: '/shop' }, '/notes')).toBe('repository_unusable');
  });

  test('is the one that the workflow names, relative to its file', async () => {
    const asked = { ofWorkflow: '../../other', workflowPath: '/shop/workflows/a.cerevisor' };
    expect(await found(asked)).toEqual(['/other', 'workflow']);
  });

  test('is the root of the repository of the workflow file', async () => {
    const asked = { workflowPath: '/shop/workflows/a.cerevisor', currentFolder: '/other' };
    expect(await found(asked)).toEqual(['/shop', 'workflow-file']);
  });

  test('is the repository of the current folder if the file is in none', async () => {
    const asked = { workflowPath: '/notes/a.cerevisor', currentFolder: '/other' };
    expect(await found(asked)).toEqual(['/other', 'current-folder']);
  });

  test('is not the installation itself unless it is named', async () => {
    const example = { workflowPath: '/opt/cerevisor/examples/a.cerevisor' };
    expect(await found(example)).toBe('folder_unnamed');
    const named = { ...example, named: '/opt/cerevisor/examples' };
    expect(await found(named)).toEqual(['/opt/cerevisor', 'request']);
  });

  test('is a clone of the sample for the sample repository', async () => {
    const asked = { workflowPath: '/shop/a.cerevisor' };
    expect(await found(asked, '/home/me/.cerevisor/sample-shop')).toEqual([
      '/home/me/.cerevisor/sample-shop',
      'sample',
    ]);
  });

  test('is chosen again where it was chosen', async () => {
    const answers = [{ named: '/nowhere' }, { ofWorkflow: '/nowhere' }].map((changes) =>
      findLocalFolder(machine(null), question(changes)),
    );
    const suggestions = (await Promise.all(answers)).map((answer) =>
      answer.ok ? null : answer.problem.suggestion,
    );
    expect(suggestions).toEqual([
      'Choose another folder for this run.',
      expect.stringContaining('under Settings, Workflow, Folder'),
    ]);
  });

  test('must be named if there is none', async () => {
    expect(await found({ workflowPath: '/notes/a.cerevisor' })).toBe('folder_unnamed');
    expect(await found({ named: '/nowhere' })).toBe('folder_missing');
    expect(await found({ named: '/locked' })).toBe('folder_read_only');
    expect(await found({ ofWorkflow: 'src' })).toBe('local_folder_malformed');
  });

  test('is an error, and not a folder without git, if git rejects its repository', async () => {
    expect(await found({ named: '/bare' })).toBe('repository_unusable');
    const file = { workflowPath: '/bare/a.cerevisor', currentFolder: '/other' };
    expect(await found(file)).toBe('repository_unusable');
  });

  test('is outside if it does not contain the workflow file that names it', async () => {
    const outside = async (ofWorkflow: string) => {
      const path = '/shop/workflows/a.cerevisor';
      const answer = await findLocalFolder(machine(), question({ ofWorkflow, workflowPath: path }));
      return answer.ok && answer.value.isOutsideOfWorkflow;
    };
    expect(await outside('/other')).toBe(true);
    expect(await outside('..')).toBe(false);
  });
});
