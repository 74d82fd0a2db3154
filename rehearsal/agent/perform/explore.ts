import { isFilePath } from '../output-files.ts';
import type { RunContext } from '../run-context.ts';
import { runGitTool } from './commands.ts';
import { filesIn, globStep, readFileStep } from './files.ts';

const maxFilesRead = 20;

/** Lists the files, reads the readme and the input files, and shows the git history. */
export async function explore(context: RunContext): Promise<void> {
  const { workspace } = context;
  await globStep(context, '**/*');
  const files = await filesIn(workspace.root);
  const readme = files.find((file) => /(^|\/)readme(\.\w+)?$/i.test(file)) ?? files[0];
  if (readme !== undefined) await readFileStep(context, readme);
  for (const path of context.parsedPrompt.inputFiles.filter(isFilePath).slice(0, maxFilesRead)) {
    if (path !== readme) await readFileStep(context, path);
  }
  if (workspace.repositories.length > 0) {
    await runGitTool(context, ['log', '--oneline', '--max-count=5']);
  }
}
