import type { Command } from 'commander';
import type { Context } from '../context.ts';

/** Adds one command to the program. Each command has its own file. */
export type AddCommand = (program: Command, context: Context) => void;

/** Formats examples for the help of a command. */
export const examples = (...lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((text) => `  ${text}`).join('\n')}\n`;

export const SESSION_ARGUMENT = 'session id, or a unique prefix of it';
export const AGENT_OPTION = '-a, --agent <agent>';
export const AGENT_HELP = 'name or id of an agent';
