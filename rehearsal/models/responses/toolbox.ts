import type { Conversation } from '../conversation.ts';
import { commandFor, type Toolbox, type ToolInput, type ToolUse } from '../toolbox.ts';
import { NAMESPACE_SEPARATOR, NESTED_PREFIX } from './offered-tools.ts';
import { patchFor } from './patches.ts';
import { scriptFor } from './scripts.ts';

/** The longest wait that Codex allows for a call. */
const MAX_YIELD_MS = 300_000;

/**
 * Calls the tools of Codex, which offers them in one of two ways: as functions, or through `exec`, which takes a script
 * in JavaScript that calls them.
 */
export function codexToolbox(conversation: Conversation): Toolbox {
  const names = new Set(conversation.tools.map(({ name }) => name));
  const isScripted = names.has(`functions${NAMESPACE_SEPARATOR}exec`);
  return {
    callFor(use) {
      if (conversation.runningSession !== undefined) return poll(conversation.runningSession);
      const own = isScripted
        ? scripted(use, conversation, names)
        : asFunction(use, conversation, names);
      return own ?? question(use, names);
    },
  };
}

/** Polls a running command. Its output belongs to the call that started it. */
const poll = (session: number): ToolInput => ({
  name: 'write_stdin',
  input: { session_id: session, chars: '', yield_time_ms: MAX_YIELD_MS },
});

function scripted(
  use: ToolUse,
  conversation: Conversation,
  names: ReadonlySet<string>,
): ToolInput | undefined {
  const has = (name: string) => names.has(`${NESTED_PREFIX}${name}`);
  const exec = (input: string): ToolInput => ({ name: 'exec', namespace: 'functions', input });
  const patch = has('apply_patch') ? patchFor(use, conversation) : undefined;
  if (patch !== undefined) return exec(scriptFor({ kind: 'patch', patch }));
  if (use.kind === 'mcp') {
    const name = `mcp__${use.server}__${use.tool}`;
    return exec(scriptFor({ kind: 'call', name, args: use.args }));
  }
  if (use.kind === 'named' && has(use.name))
    return exec(scriptFor({ kind: 'call', name: use.name, args: use.args }));
  const command = commandIn(use);
  if (command === undefined || !has('exec_command')) return undefined;
  return exec(scriptFor({ kind: 'run', command }));
}

function asFunction(
  use: ToolUse,
  conversation: Conversation,
  names: ReadonlySet<string>,
): ToolInput | undefined {
  if (use.kind === 'mcp') {
    const namespace = `mcp__${use.server}`;
    if (!names.has(`${namespace}${NAMESPACE_SEPARATOR}${use.tool}`)) return undefined;
    return { name: use.tool, namespace, input: use.args };
  }
  if (use.kind === 'named')
    return names.has(use.name) ? { name: use.name, input: use.args } : undefined;
  if (!names.has('exec_command')) return undefined;
  const patch = patchFor(use, conversation);
  // Codex recognizes this command and applies the patch itself, without a shell.
  const command =
    patch === undefined ? commandIn(use) : `apply_patch <<'END_OF_PATCH'\n${patch}\nEND_OF_PATCH`;
  if (command === undefined) return undefined;
  return { name: 'exec_command', input: { cmd: command, yield_time_ms: MAX_YIELD_MS } };
}

const commandIn = (use: ToolUse): string | undefined =>
  use.kind === 'run' ? use.command : commandFor(use);

function question(use: ToolUse, names: ReadonlySet<string>): ToolInput | undefined {
  if (use.kind !== 'ask') return undefined;
  const title = use.question;
  if (names.has(`functions${NAMESPACE_SEPARATOR}request_user_input_async`)) {
    const input = { questions: [{ title, options: ['Yes', 'No'] }] };
    return { name: 'request_user_input_async', namespace: 'functions', input };
  }
  if (!names.has('request_user_input')) return undefined;
  const options = ['Yes', 'No'].map((label) => ({ label, description: label }));
  const input = { questions: [{ id: 'question', header: 'Question', question: title, options }] };
  return { name: 'request_user_input', input };
}
