import type { LocalSummary } from '../../contract/preflight-views.ts';

/** Where the folder comes from, as the end of a sentence. */
export const folderSourceTexts: Readonly<Record<LocalSummary['folderSource'], string>> = {
  request: 'chosen for this run',
  workflow: 'set in the workflow',
  'workflow-file': 'the repository of the workflow file',
  'current-folder': 'the current folder',
  sample: 'a clone of the sample repository',
};

export const runModeLabels = { local: 'Local', cloud: 'Cloud' } as const;
