import { runHost } from '../run-host.ts';
import { openClaudeThread } from './open-thread.ts';

/** The host program for agents of Claude Code. */
runHost('the Claude Agent SDK', openClaudeThread);
