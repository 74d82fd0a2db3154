import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from '../../contract/client.ts';
import { ApiError } from '../../contract/errors.ts';
import type { StartBody } from '../../contract/requests.ts';
import { newSessionId } from '../../contract/session-id.ts';
import { shortId } from '../../lib/format.ts';
import { isNotFoundError, systemErrorReason } from '../../lib/system-error.ts';
import { commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connectForAction } from '../daemon/connect.ts';
import { attach } from '../follow/attach.ts';
import { extentLines } from '../render/extent.ts';
import { localSummaryLines } from '../render/local-summary.ts';
import { problemLines } from '../render/problems.ts';
import { runAgentRows } from '../render/run-agents.ts';
import { parseTokens, parseUsd } from './budget.ts';
import { type AddCommand, examples } from './command.ts';
import { confirm } from './confirm.ts';
import { missingFileSuggestion } from './missing-file.ts';
import { withFolderRepository } from './missing-repository.ts';
import { environmentProblemCodes, withCorrectLocation } from './problem-origin.ts';
import { collectRepository, modeOption, type RepositoryTarget } from './repository.ts';
import { inputText } from './text-argument.ts';
import { asContract, locateIn } from './workflow-problems.ts';

type Options = {
  readonly mode?: 'local' | 'cloud';
  readonly repo?: readonly RepositoryTarget[];
  readonly autoCreatePr?: boolean;
  readonly input?: string;
  readonly agent?: string;
  readonly budget?: number;
  readonly tokenBudget?: number;
  readonly folder?: string;
  readonly yes?: boolean;
  readonly trustWorkflow?: boolean;
  readonly detach?: boolean;
};

export const addRun: AddCommand = (program, context) => {
  program
    .command('run')
    .description('run a workflow and watch it; if you stop watching, the session continues')
    .argument('<file>', 'workflow file (.cerevisor)')
    .addOption(modeOption())
    .option('-r, --repo <url[#ref]>', 'repository to work on; can be repeated', collectRepository)
    .option('-C, --folder <dir>', 'folder to work in, for agents on this machine')
    .option('--auto-create-pr', 'let Cursor open pull requests (asks for confirmation)')
    .option('--no-auto-create-pr', 'do not open pull requests, whatever the file says')
    .option(
      '-i, --input <text>',
      'text for all agents, in addition to their instructions; - reads standard input, @file reads a file',
    )
    .option('-a, --agent <agent>', 'run only this agent')
    .option('--budget <usd>', 'budget of the session in US dollars', parseUsd)
    .option('--token-budget <count>', 'budget of the session in tokens', parseTokens)
    .option('-y, --yes', 'confirm everything that you would be asked, except trusting the file')
    .option(
      '--trust-workflow',
      'trust this file: allow what it runs, copies, starts and permits on this machine',
    )
    .option('-d, --detach', 'return as soon as the session is stored')
    .addHelpText(
      'after',
      examples(
        'cerevisor run shop.cerevisor',
        'cerevisor run shop.cerevisor --mode local --folder ~/projects/shop',
        'cerevisor run shop.cerevisor --mode cloud --repo https://github.com/acme/shop#main',
        'cerevisor run shop.cerevisor --auto-create-pr --yes --detach --json',
        'git diff | cerevisor run review.cerevisor --input -',
      ),
    )
    .addHelpText(
      'after',
      'Exit codes when watched: 0 finished, 1 failed, 4 cancelled; 0 after Ctrl-C.\n',
    )
    .action((file: string, options: Options) => run(context, file, options));
};

async function run(context: Context, file: string, options: Options): Promise<void> {
  const { output } = context;
  const base = await startRequest(context, file, options);
  const client = await connectForAction(context);
  // If the text is not a workflow, the request fails with its problems, which refer to the file.
  context.failedFile = file;
  const request = await withFolderRepository(context, client, base, process.cwd());
  const consent = { yes: options.yes === true, trust: options.trustWorkflow === true };
  const confirmed = await confirmStart(context, client, request, { file, ...consent });
  // Read before the start, because a failure after it would hide the session's id.
  const { backend } = await client.status();
  const { sessionId } = await startOnce(context, client, { ...request, ...confirmed });
  const costNotice = backend.kind === 'rehearsal' ? '; the rehearsal cloud bills nothing' : '';
  const started = `Started ${shortId(sessionId)}${costNotice}.`;
  if (options.detach === true) {
    output.print(
      output.advice(`${started} Watch it with: cerevisor reconnect ${shortId(sessionId)}`),
    );
    output.record({ sessionId });
    return;
  }
  output.remark(started);
  await attach(context, client, sessionId, 0);
}

const MAX_START_ATTEMPTS = 3;

/** Starts the session, and repeats the same request if the daemon goes away before responding. */
async function startOnce(
  context: Context,
  client: Client,
  request: StartBody,
): Promise<{ sessionId: string }> {
  const body = { ...request, sessionId: newSessionId() };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await (attempt === 1 ? client : await connectForAction(context)).start(body);
    } catch (error) {
      const isLost = error instanceof ApiError && error.code === 'daemon_unreachable';
      if (!isLost || attempt >= MAX_START_ATTEMPTS) throw error;
    }
  }
}

async function startRequest(context: Context, file: string, options: Options): Promise<StartBody> {
  const absolute = path.resolve(file);
  await access(absolute).catch((error: unknown) => {
    throw isNotFoundError(error)
      ? commandError(
          'file_not_found',
          `${absolute} does not exist.`,
          missingFileSuggestion(absolute),
        )
      : commandError(
          'file_not_found',
          `${file} cannot be read: ${systemErrorReason(error)}.`,
          'Check the path and the permissions of the file.',
        );
  });
  const input = options.input === undefined ? undefined : await inputText(context, options.input);
  return {
    path: absolute,
    ...(await renamedWorkflow(absolute)),
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    currentFolder: process.cwd(),
    ...(options.folder === undefined ? {} : { folder: path.resolve(options.folder) }),
    ...(options.repo === undefined ? {} : { repositories: [...options.repo] }),
    ...(options.autoCreatePr === undefined ? {} : { autoCreatePr: options.autoCreatePr }),
    ...(input === undefined ? {} : { input }),
    ...budgetOf(options),
    ...(options.agent === undefined ? {} : { onlyAgentId: options.agent }),
  };
}

function budgetOf({ budget: usd, tokenBudget: tokens }: Options): Pick<StartBody, 'budget'> {
  if (usd === undefined && tokens === undefined) return {};
  return {
    budget: {
      ...(usd === undefined ? {} : { usd }),
      ...(tokens === undefined ? {} : { tokens }),
    },
  };
}

/**
 * The daemon opens only files with the extension of workflows. Users may run any file, so a file with another name is read
 * here and sent along.
 */
async function renamedWorkflow(file: string): Promise<Pick<StartBody, 'workflow'>> {
  if (['.cerevisor', '.opaal'].includes(path.extname(file).toLowerCase())) return {};
  const { openWorkflow } = await import('../../workflow/files.ts');
  const opened = await openWorkflow(file);
  if (opened.ok) return { workflow: opened.value.workflow };
  const { code, message, suggestion, problems } = opened.error;
  throw new ApiError(0, {
    code,
    message,
    suggestion,
    ...(problems === undefined ? {} : { problems: asContract(problems) }),
  });
}

/** Shows problems and the summary, asks for the required confirmations, and returns what was confirmed. */
async function confirmStart(
  context: Context,
  client: Client,
  request: StartBody,
  { file, yes, trust }: { readonly file: string; readonly yes: boolean; readonly trust: boolean },
): Promise<Pick<StartBody, 'confirmed' | 'confirmedContent'>> {
  const { canStart, confirmations, summary, ...validation } = await client.preflight(request);
  const located = await locateIn(path.resolve(file), validation.problems);
  const problems = located.map((problem) => withCorrectLocation(problem, request));
  const errors = problems.filter((problem) => problem.severity === 'error');
  const first = errors[0];
  if (!canStart && first !== undefined) {
    const isOne = errors.length === 1;
    const many = isOne ? 'one problem' : `${errors.length} problems`;
    throw new ApiError(0, {
      code: environmentProblemCodes.includes(first.code) ? first.code : 'preflight_failed',
      message: `The workflow cannot start: ${many}.`,
      problems,
    });
  }
  context.output.remark(...problemLines(problems, file));
  // A daemon of an older version does not report the extent.
  if (summary?.activations !== undefined && summary.flow !== undefined) {
    const { activations, flow } = summary;
    context.output.remark(...extentLines({ ...summary, activations, flow }));
  }
  const { appearance, width } = context.output;
  context.output.remark(...runAgentRows(summary?.waves ?? [], { ...appearance, width }));
  const local = summary?.local ?? null;
  if (local !== null) context.output.remark(...localSummaryLines(local));
  for (const { kind, message } of confirmations) {
    // A file from someone else may be unsafe: `--yes` in a script does not confirm it.
    if (kind === 'trust-workflow')
      await confirm(context, message, { isConfirmed: trust, option: '--trust-workflow' });
    else await confirm(context, message, { isConfirmed: yes });
  }
  return {
    confirmed: confirmations.map(({ kind }) => kind),
    confirmedContent: Object.fromEntries(
      confirmations.flatMap(({ kind, content }) =>
        content === undefined ? [] : [[kind, content]],
      ),
    ),
  };
}
