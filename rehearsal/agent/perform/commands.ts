import { execFile } from 'node:child_process';
import { runGit } from '../../git/command.ts';
import { ownGitVariables } from '../../git/environment.ts';
import { machineArtifacts } from '../inside.ts';
import type { Performance, StepEnd } from '../performance.ts';

const commandTimeoutMs = 60_000;
const mostShownCharacters = 20_000;

/** A fixed, harmless git command in the first clone, shown as the shell call that it is. */
export async function showGit(performance: Performance, args: readonly string[]): Promise<string> {
  const { narrator, workspace, signal } = performance;
  const repository = workspace.repositories[0];
  if (repository === undefined) return '';
  let shown = '';
  const shellArgs = {
    command: `git ${args.join(' ')}`,
    workingDirectory: workspace.machinePath(''),
  };
  await narrator.tool('shell', shellArgs, async () => {
    const startedAt = performance.clock.now();
    const cwd = workspace.folderOf(repository);
    const { exitCode, stdout, stderr } = await runGit(args, { cwd, signal });
    shown = stdout;
    const executionTime = performance.clock.now() - startedAt;
    return { ok: true, value: { exitCode, signal: '', stdout, stderr, executionTime } };
  });
  return shown;
}

/** The `run` instruction: only with the server's consent, since a prompt may come from anywhere. */
export async function runCommand(
  performance: Performance,
  command: string,
): Promise<StepEnd | undefined> {
  if (!performance.allowRun) {
    const text =
      'The instruction "run" is disabled, because it executes commands on this machine. ' +
      'Start the rehearsal cloud with --allow-run to allow it.';
    await performance.narrator.say(text);
    return { status: 'ERROR', text };
  }
  const { narrator, workspace, clock, artifacts, run } = performance;
  const args = { command, workingDirectory: workspace.machinePath(''), timeout: commandTimeoutMs };
  await narrator.tool('shell', args, async () => {
    const startedAt = clock.now();
    const outcome = await execute(performance, command);
    return { ok: true, value: { ...outcome, executionTime: clock.now() - startedAt } };
  });
  await artifacts.collect(run.agentId, workspace.artifactsFolder);
  return undefined;
}

type ShellOutcome = { exitCode: number; signal: string; stdout: string; stderr: string };

function execute(
  { workspace, signal, variables }: Performance,
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
    ...ownGitVariables(workspace.root),
  };
  // A shell is what the instruction asks for; its text is the prompt's own and nothing is put into it but this
  // one path, so that commands written for Cursor's machines find their artifacts folder.
  const script = command.replaceAll(machineArtifacts, '"$CURSOR_ARTIFACTS"');
  return new Promise((resolve, reject) => {
    const settings = { cwd, env, signal, timeout: commandTimeoutMs, maxBuffer: 8 * 1024 * 1024 };
    execFile('/bin/sh', ['-c', script], settings, (error, stdout, stderr) => {
      if (signal.aborted) return reject(signal.reason);
      resolve({
        exitCode: error === null ? 0 : typeof error.code === 'number' ? error.code : 124,
        signal: error?.signal ?? '',
        stdout: stdout.slice(0, mostShownCharacters),
        stderr: stderr.slice(0, mostShownCharacters),
      });
    });
  });
}
