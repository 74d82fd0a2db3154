import type { LocalSummary } from '../../contract/preflight-views.ts';

/** Who named the folder, as the end of a sentence about it. */
export const folderSources: Readonly<Record<LocalSummary['folderSource'], string>> = {
  request: 'chosen for this run',
  workflow: 'set in the workflow',
  'workflow-file': 'the repository of the workflow file',
  'current-folder': 'the current folder',
  sample: 'a clone of the sample repository',
};

/** Where agents run, as the app calls it. */
export const runModeWords = { local: 'Local', cloud: 'Cloud' } as const;
