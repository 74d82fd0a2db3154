import { execFile } from 'node:child_process';
import { runGit } from '../../git/command.ts';
import { isolatedGitVariables } from '../../git/environment.ts';
import type { RunContext, StepEnd } from '../run-context.ts';
import { machineArtifacts } from '../workspace-path.ts';

const commandTimeoutMs = 60_000;
const maxOutputCharacters = 20_000;

/** Runs a read-only git command in the first clone and shows it as a shell tool call. */
export async function runGitTool(context: RunContext, args: readonly string[]): Promise<string> {
  const { writer, workspace, signal } = context;
  const repository = workspace.repositories[0];
  if (repository === undefined) return '';
  let output = '';
  const shellArgs = {
    command: `git ${args.join(' ')}`,
    workingDirectory: workspace.machinePath(''),
  };
  await writer.runTool('shell', shellArgs, async () => {
    const startedAt = context.clock.now();
    const cwd = workspace.folderOf(repository);
    const { exitCode, stdout, stderr } = await runGit(args, { cwd, signal });
    output = stdout;
    const executionTime = context.clock.now() - startedAt;
    return { ok: true, value: { exitCode, signal: '', stdout, stderr, executionTime } };
  });
  return output;
}

/** Performs the `run` instruction. It needs `--allow-run`, because prompts are untrusted input. */
export async function runCommand(
  context: RunContext,
  command: string,
): Promise<StepEnd | undefined> {
  if (!context.allowRun) {
    const text =
      'The instruction "run" is disabled, because it executes commands on this machine. ' +
      'Start the rehearsal cloud with --allow-run to allow it.';
    await context.writer.writeText(text);
    return { status: 'ERROR', text };
  }
  const { writer, workspace, clock, artifacts, run } = context;
  const args = { command, workingDirectory: workspace.machinePath(''), timeout: commandTimeoutMs };
  await writer.runTool('shell', args, async () => {
    const startedAt = clock.now();
    const outcome = await execute(context, command);
    return { ok: true, value: { ...outcome, executionTime: clock.now() - startedAt } };
  });
  await artifacts.collect(run.agentId, workspace.artifactsFolder);
  return undefined;
}

type ShellOutcome = { exitCode: number; signal: string; stdout: string; stderr: string };

function execute(
  { workspace, signal, variables }: RunContext,
  command: string,
): Promise<ShellOutcome> {
  const first = workspace.repositories[0];
  const cwd = first === undefined ? workspace.root : workspace.folderOf(first);
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: workspace.root,
    LANG: 'C.UTF-8',
    ...variables(),
    CURSOR_ARTIFACTS: workspace.artifactsFolder,
    ...isolatedGitVariables(workspace.root),
  };
  // The command is passed to the shell as written, except for this path, so that commands written for Cursor's machines
  // find the artifacts folder.
  const script = command.replaceAll(machineArtifacts, '"$CURSOR_ARTIFACTS"');
  return new Promise((resolve, reject) => {
    const settings = { cwd, env, signal, timeout: commandTimeoutMs, maxBuffer: 8 * 1024 * 1024 };
    execFile('/bin/sh', ['-c', script], settings, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason);
      resolve({
        exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : 124,
        signal: error?.signal ?? '',
        stdout: stdout.slice(0, maxOutputCharacters),
        stderr: stderr.slice(0, maxOutputCharacters),
      });
    });
  });
}
