import path from 'node:path';
import { exitCodes } from '../../contract/exit-codes.ts';
import type { RunExtent } from '../../contract/run-extent.ts';
import { plural } from '../../lib/format.ts';
import { extentOf, maxPullRequests } from '../../workflow/extent.ts';
import { type Problem as FoundProblem, hasErrors } from '../../workflow/problem.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { repositoryOfFolder } from '../folder-repository.ts';
import { machineProviders } from '../machine-providers.ts';
import { extentLines } from '../render/extent.ts';
import { formatProblemCounts, problemLines } from '../render/problems.ts';
import { line, toned } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';
import { missingFileSuggestion } from './missing-file.ts';
import { withCorrectLocation } from './problem-origin.ts';
import { collectRepository, modeOption, type RepositoryTarget } from './repository.ts';
import { asContract } from './workflow-problems.ts';

type Options = {
  readonly mode?: 'local' | 'cloud';
  readonly repo?: readonly RepositoryTarget[];
};

type Overrides = {
  readonly mode?: 'local' | 'cloud';
  readonly repositories?: readonly { readonly url: string }[];
};

export const addValidate: AddCommand = (program, context) => {
  program
    .command('validate')
    .description(
      'report all problems of a workflow at once; needs neither the daemon nor the network',
    )
    .argument('<file>', 'workflow file (.cerevisor)')
    .addOption(modeOption())
    .option('-r, --repo <url[#ref]>', 'repository that a run would work on', collectRepository)
    .addHelpText(
      'after',
      examples(
        'cerevisor validate shop.cerevisor',
        'cerevisor validate shop.cerevisor --mode cloud --repo https://github.com/acme/shop',
        'cerevisor validate shop.cerevisor --json',
      ),
    )
    .action((file: string, options: Options) => validate(context, file, options));
};

async function validate(
  context: Context,
  file: string,
  { mode, repo: repositories }: Options,
): Promise<void> {
  const { output } = context;
  // Loaded only here, because no other command parses documents itself.
  const { openWorkflow } = await import('../../workflow/files.ts');
  const { HandoffCheckProcess } = await import('../../handoff/checker.ts');
  const { workflowProblems } = await import('../../handoff/problems.ts');
  const opened = await openWorkflow(path.resolve(file));
  if (!opened.ok) {
    const { code, message, suggestion, problems } = opened.error;
    const advice = code === 'file_missing' ? missingFileSuggestion(path.resolve(file)) : suggestion;
    if (problems === undefined) throw commandError(code, message, advice);
    return report(context, file, problems, null);
  }
  const { workflow, notices, locate } = opened.value;
  using handoffs = new HandoffCheckProcess();
  const conditions = {
    ...(mode === undefined ? {} : { mode }),
    ...(repositories === undefined ? {} : { repositories }),
  };
  const check = (extra: Pick<Options, 'repo'> = {}) =>
    workflowProblems(workflow, handoffs, {
      ...conditions,
      providers: machineProviders(context.home),
      ...(extra.repo === undefined ? {} : { repositories: extra.repo }),
    });
  const checked = await check();
  const repository = await missingRepository(context, checked);
  const rechecked = repository === null ? checked : await check({ repo: [repository] });
  const found = rechecked.map(asOfMachine);
  const overrides = {
    ...conditions,
    ...(repository === null ? {} : { repositories: [repository] }),
  };
  const problems = [
    ...found.map((problem) => withCorrectLocation(locate(problem), overrides)),
    ...notices,
  ];
  const extent = runExtent(workflow, overrides);
  report(context, file, problems, { workflow, extent });
  if (hasErrors(problems)) return;
  const size = `${plural(workflow.agents.length, 'agent')}, ${plural(workflow.connections.length, 'connection')}`;
  output.print(line(toned('good', 'valid'), `  ${workflow.name}: ${size}`));
  output.print(...extentLines(extent));
}

/** The library differs from machine to machine: a file that names an entry of another one is not wrong. */
const asOfMachine = (found: FoundProblem): FoundProblem =>
  found.code === 'provider_unknown' ? { ...found, severity: 'warning' } : found;

/** The maximum extent of a run with these options. */
function runExtent(workflow: Workflow, { mode, repositories }: Overrides): RunExtent {
  const { settings } = workflow;
  const overridden = { ...workflow, settings: { ...settings, runMode: mode ?? settings.runMode } };
  const { activations, activationsByAgent: _, ...flow } = extentOf(overridden);
  const { autoCreatePR, repos } = settings.cloud;
  return {
    agents: workflow.agents.length,
    activations,
    pullRequests: autoCreatePR ? maxPullRequests(overridden, (repositories ?? repos).length) : 0,
    flow,
  };
}

/** `run` uses the remote of the current folder if a repository is missing, so that is not reported as a problem. */
async function missingRepository(
  { output }: Context,
  problems: readonly FoundProblem[],
): Promise<RepositoryTarget | null> {
  if (!problems.some(({ code }) => code === 'repository_missing')) return null;
  const found = await repositoryOfFolder(process.cwd());
  if (found === null) return null;
  output.remark(`Repository: ${found.url} (the remote "${found.remote}" of this folder)`);
  return { url: found.url };
}

function report(
  context: Context,
  file: string,
  found: readonly FoundProblem[],
  validated: { readonly workflow: Workflow; readonly extent: RunExtent } | null,
): void {
  const problems = asContract(found);
  const { output } = context;
  const ok = !hasErrors(found);
  output.print(...problemLines(problems, file));
  if (problems.length > 0) output.print(formatProblemCounts(problems));
  output.document({
    ok,
    problems,
    workflow: validated?.workflow ?? null,
    extent: validated?.extent ?? null,
  });
  if (!ok) context.exitCode = exitCodes.badUsage;
}
