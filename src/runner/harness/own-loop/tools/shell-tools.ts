import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ShellEnd } from '../../../workspace/shell.ts';
import type { Command, Commands } from './commands.ts';
import { count, defineTool, flag } from './define-tool.ts';
import { type Tool, ToolError, type ToolResult } from './tool.ts';

const DEFAULT_TIMEOUT_S = 120;
const MAX_TIMEOUT_S = 3_600;
/** A background command that exits within this time is reported as exited. */
const BACKGROUND_WAIT_MS = 500;
const MAX_WAIT_S = 60;

export const shellTools = (commands: Commands): readonly Tool[] => [
  shellTool(commands),
  outputTool(commands),
  stopTool(commands),
];

const shellTool = (commands: Commands): Tool =>
  defineTool({
    name: 'shell',
    description: `Runs a command in the user's shell, in the working folder, without a terminal and without input. It is stopped after ${DEFAULT_TIMEOUT_S} seconds unless you pass timeoutSeconds. Use background for servers and watchers: the call returns at once, shell_output shows what they print, and they are stopped when your turn ends.`,
    category: 'execution',
    isReadOnly: false,
    input: z.object({
      command: z.string().min(1).describe('The command line'),
      description: z.string().optional().describe('What it does, in a few words, for the user'),
      timeoutSeconds: count('Time limit in seconds').pipe(z.number().max(MAX_TIMEOUT_S).optional()),
      background: flag('Run it in the background'),
    }),
    permissionDetails: ({ command, description }) => ({
      command,
      ...(description === undefined ? {} : { reason: description }),
    }),
    run: async (input, { signal, print }) => {
      const { command, timeoutSeconds = DEFAULT_TIMEOUT_S, background = false } = input;
      const timeoutMs = background ? null : timeoutSeconds * 1_000;
      // A background command outlives its call and ends with the turn.
      const started = commands.start({
        command,
        timeoutMs,
        signal: background ? new AbortController().signal : signal,
        print,
      });
      if (!background) return commandResult(started, await started.ended, timeoutSeconds);
      const first = await Promise.race([started.ended, sleep(BACKGROUND_WAIT_MS, null)]);
      if (first !== null) return commandResult(started, first, timeoutSeconds);
      const text = `It runs in the background as ${started.id}. Its output so far:\n${commands.takeUnread(started) || '(nothing yet)'}`;
      return { outcome: { kind: 'done', text }, result: { success: { commandId: started.id } } };
    },
  });

const outputTool = (commands: Commands): Tool =>
  defineTool({
    name: 'shell_output',
    description:
      'Shows what a background command has printed since the last call, and whether it is still running. Pass waitSeconds to wait for it to finish.',
    category: 'read',
    isReadOnly: true,
    input: z.object({
      id: z.string().describe('Such as `command-1`'),
      waitSeconds: count('How long to wait for it to finish').pipe(
        z.number().max(MAX_WAIT_S).optional(),
      ),
    }),
    run: async ({ id, waitSeconds }, { signal }) => {
      const command = findCommand(commands, id);
      if (waitSeconds !== undefined)
        await Promise.race([command.ended, waitFor(waitSeconds * 1_000, signal)]);
      const { end } = command;
      const stateText = end === null ? 'It is running.' : describeEnd(end, null);
      const text = `${stateText}\n${commands.takeUnread(command) || '(nothing new was printed)'}`;
      return { outcome: { kind: 'done', text }, result: { success: { isRunning: end === null } } };
    },
  });

const stopTool = (commands: Commands): Tool =>
  defineTool({
    name: 'shell_stop',
    description: 'Stops a background command.',
    category: 'other',
    isReadOnly: false,
    input: z.object({ id: z.string().describe('Such as `command-1`') }),
    run: async ({ id }) => {
      const command = findCommand(commands, id);
      command.stop();
      const text = describeEnd(await command.ended, null);
      return { outcome: { kind: 'done', text }, result: { success: { message: text } } };
    },
  });

function findCommand(commands: Commands, id: string): Command {
  const command = commands.find(id);
  if (command !== undefined) return command;
  const known = commands.background.map((one) => one.id).join(', ');
  throw new ToolError(
    known === ''
      ? 'No command is running in the background.'
      : `There is no command ${id}. In the background: ${known}.`,
  );
}

function commandResult(command: Command, end: ShellEnd, timeoutSeconds: number): ToolResult {
  const stdout = command.stdout.text;
  const stderr = command.stderr.text;
  const text = [
    describeEnd(end, timeoutSeconds),
    ...(stdout === '' ? [] : ['stdout:', stdout]),
    ...(stderr === '' ? [] : ['stderr:', stderr]),
  ].join('\n');
  const isDone = end.kind === 'exited';
  return {
    outcome: { kind: isDone ? 'done' : 'failed', text },
    result: isDone
      ? { success: { exitCode: end.exitCode, stdout, stderr } }
      : { error: { message: describeEnd(end, timeoutSeconds), stdout, stderr } },
  };
}

function describeEnd(end: ShellEnd, timeoutSeconds: number | null): string {
  switch (end.kind) {
    case 'exited':
      return `Exit code ${end.exitCode}.`;
    case 'killed':
      return `The command was ended by ${end.by}.`;
    case 'timed-out':
      return `The command was stopped after ${timeoutSeconds} seconds, together with everything that it had started.`;
    case 'aborted':
      return 'The command was stopped before it finished. Its effects until then remain.';
    case 'not-started':
      return `The command could not be started: ${end.reason}.`;
    default:
      return end satisfies never;
  }
}

const waitFor = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined); // Aborted: the call ends in any case.
