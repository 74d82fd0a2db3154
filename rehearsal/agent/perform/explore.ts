import { isFilePath } from '../output-files.ts';
import type { Performance } from '../performance.ts';
import { showGit } from './commands.ts';
import { filesIn, globStep, readFileStep } from './files.ts';

const mostRead = 20;

/** What a careful agent does first: list the files, read the readme, look at the history. */
export async function explore(performance: Performance): Promise<void> {
  const { workspace } = performance;
  await globStep(performance, '**/*');
  const files = await filesIn(workspace.root);
  const readme = files.find((file) => /(^|\/)readme(\.\w+)?$/i.test(file)) ?? files[0];
  if (readme !== undefined) await readFileStep(performance, readme);
  for (const path of performance.reading.inputFiles.filter(isFilePath).slice(0, mostRead)) {
    if (path !== readme) await readFileStep(performance, path);
  }
  if (workspace.repositories.length > 0) {
    await showGit(performance, ['log', '--oneline', '--max-count=5']);
  }
}
