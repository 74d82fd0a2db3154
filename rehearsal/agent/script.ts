import { parseDuration } from '../durations.ts';
import type { DecisionRule } from './decisions.ts';
import { formatProposal } from './planner.ts';
import type { Step } from './steps.ts';

export type Script =
  | {
      readonly ok: true;
      readonly steps: readonly Step[];
      readonly decisions: readonly DecisionRule[];
    }
  | { readonly ok: false; readonly message: string };

type Parsed = Step | DecisionRule | { readonly problem: string };
type Instruction = { readonly usage: string; readonly parse: (rest: string) => Parsed };

const maxDeltas = 2_000_000;
const maxArtifactBytes = 64 * 1024 ** 3;

/** Parses a `rehearse` block: one instruction per line; empty lines and lines that start with `#` are skipped. */
export function parseScript(source: string): Script {
  const steps: Step[] = [];
  const decisions: DecisionRule[] = [];
  for (const [index, line] of source.split('\n').entries()) {
    const text = line.trim();
    if (text === '' || text.startsWith('#')) continue;
    const parsed = parseInstruction(text);
    if ('problem' in parsed) {
      return { ok: false, message: `Line ${index + 1} of the rehearse block: ${parsed.problem}` };
    }
    if (parsed.kind === 'decide') decisions.push(parsed);
    else steps.push(parsed);
  }
  return { ok: true, steps, decisions };
}

function parseInstruction(line: string): Parsed {
  const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  const key = word.toLowerCase();
  const instruction = Object.hasOwn(instructions, key) ? instructions[key] : undefined;
  if (instruction === undefined) {
    return {
      problem: `"${word}" is not an instruction. Instructions: ${Object.keys(instructions).join(', ')}.`,
    };
  }
  const parsed = instruction.parse(rest);
  return 'problem' in parsed
    ? { problem: `${parsed.problem} Usage: ${instruction.usage}` }
    : parsed;
}

const instructions: Readonly<Record<string, Instruction>> = {
  say: { usage: 'say TEXT', parse: (rest) => ({ kind: 'say', text: textOf(rest) }) },
  think: { usage: 'think TEXT', parse: (rest) => ({ kind: 'think', text: textOf(rest) }) },
  write: {
    usage: 'write PATH TEXT',
    parse: (rest) => withName(rest, (path, text) => ({ kind: 'write', path, text: `${text}\n` })),
  },
  append: {
    usage: 'append PATH TEXT',
    parse: (rest) => withName(rest, (path, text) => ({ kind: 'append', path, text: `${text}\n` })),
  },
  edit: { usage: 'edit PATH OLD NEW (texts with spaces as JSON strings)', parse: parseEdit },
  delete: {
    usage: 'delete PATH',
    parse: (rest) => withName(rest, (path) => ({ kind: 'delete', path })),
  },
  ls: { usage: 'ls [PATH]', parse: (rest) => ({ kind: 'ls', path: textOf(rest) || '.' }) },
  grep: {
    usage: 'grep PATTERN [PATH]',
    parse: (rest) =>
      withName(rest, (pattern, path) => ({ kind: 'grep', pattern, path: path || '.' })),
  },
  read: { usage: 'read PATH', parse: (rest) => withName(rest, (path) => ({ kind: 'read', path })) },
  glob: {
    usage: 'glob PATTERN',
    parse: (rest) => withName(rest, (pattern) => ({ kind: 'glob', pattern })),
  },
  run: {
    usage: 'run COMMAND',
    parse: (rest) =>
      rest === '' ? { problem: 'The command is missing.' } : { kind: 'run', command: rest },
  },
  artifact: { usage: 'artifact NAME TEXT, or artifact NAME 5MB', parse: parseArtifact },
  tool: { usage: 'tool NAME {"key": "value"}', parse: parseTool },
  mcp: { usage: 'mcp SERVER TOOL {"key": "value"}', parse: parseMcp },
  subagent: {
    usage: 'subagent NAME PROMPT',
    parse: (rest) =>
      withName(rest, (name, prompt) =>
        prompt === '' ? { problem: 'The prompt is missing.' } : { kind: 'subagent', name, prompt },
      ),
  },
  ask: {
    usage: 'ask QUESTION',
    parse: (rest) =>
      rest === ''
        ? { problem: 'The question is missing.' }
        : { kind: 'ask', question: textOf(rest) },
  },
  todo: { usage: 'todo ITEM; ITEM', parse: parseTodo },
  merge: {
    usage: 'merge BRANCH',
    parse: (rest) => withName(rest, (branch) => ({ kind: 'merge', branch })),
  },
  wait: {
    usage: 'wait 4h (or 90s, 250ms, 1h30m)',
    parse: (rest) => {
      const durationMs = parseDuration(rest);
      if (durationMs === undefined) return { problem: `"${rest}" is not a duration.` };
      return { kind: 'wait', durationMs };
    },
  },
  fail: { usage: 'fail [unless attempt N] [MESSAGE]', parse: parseFail },
  decide: {
    usage: 'decide NAME yes|no|unclear [until round N] [REASON]',
    parse: (rest) => withName(rest, parseDecision),
  },
  expire: { usage: 'expire', parse: () => ({ kind: 'expire' }) },
  chatter: {
    usage: `chatter N (at most ${maxDeltas})`,
    parse: (rest) => {
      const count = /^\d{1,7}$/.test(rest) ? Number(rest) : Number.NaN;
      if (!(count >= 1 && count <= maxDeltas))
        return { problem: `"${rest}" is not a valid number.` };
      return { kind: 'chatter', count };
    },
  },
  propose: {
    usage: 'propose [EDIT, …], or propose {"summary": …, "edits": […]}',
    parse: parseProposal,
  },
  conclude: { usage: 'conclude', parse: () => ({ kind: 'conclude' }) },
};

function parseArtifact(rest: string): Parsed {
  return withName(rest, (name, text) => {
    const size = /^(\d+)\s*(B|KB|MB|GB)$/.exec(text);
    if (size === null) return { kind: 'artifact', name, text };
    const unit = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }[size[2] ?? 'B'] ?? 1;
    const sizeBytes = Number(size[1]) * unit;
    if (sizeBytes > maxArtifactBytes) return { problem: `${text} is more than 64GB.` };
    return { kind: 'large-artifact', name, sizeBytes };
  });
}

function parseEdit(rest: string): Parsed {
  return withName(rest, (path, texts) =>
    withName(texts, (before, after) => ({ kind: 'edit', path, before, after })),
  );
}

function parseTool(rest: string): Parsed {
  return withName(rest, (name, json) => withArgs(json, (args) => ({ kind: 'tool', name, args })));
}

function parseMcp(rest: string): Parsed {
  return withName(rest, (server, call) =>
    withName(call, (tool, json) => withArgs(json, (args) => ({ kind: 'mcp', server, tool, args }))),
  );
}

function withArgs(json: string, build: (args: Record<string, unknown>) => Parsed): Parsed {
  const args = json === '' ? {} : parseJson(json);
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    return { problem: 'The arguments are not a JSON object.' };
  }
  return build({ ...args });
}

function parseProposal(rest: string): Parsed {
  const value = parseJson(rest);
  return typeof value === 'object' && value !== null
    ? { kind: 'say', text: formatProposal(value) }
    : { problem: 'The edits are not a JSON list or object.' };
}

function parseTodo(rest: string): Parsed {
  const items = textOf(rest)
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return items.length === 0 ? { problem: 'There is no item.' } : { kind: 'todo', items };
}

function parseDecision(name: string, text: string): Parsed {
  const match = /^(yes|no|unclear)\b(?:\s+until\s+round\s+(\d{1,4})\b)?\s*(.*)$/is.exec(text);
  if (match === null) return { problem: `"${text}" is neither yes, no nor unclear.` };
  const [, answer = '', round, reasonText = ''] = match;
  const reason = textOf(reasonText);
  return {
    kind: 'decide',
    name,
    // The pattern matches no other words.
    answer: answer.toLowerCase() as DecisionRule['answer'],
    ...(round === undefined ? {} : { untilRound: Number(round) }),
    ...(reason === '' ? {} : { reason }),
  };
}

function parseFail(rest: string): Parsed {
  const conditional = /^unless\s+attempt\s+(\d{1,4})\b\s*(.*)$/i.exec(rest);
  const message = textOf(conditional === null ? rest : (conditional[2] ?? ''));
  return {
    kind: 'fail',
    ...(conditional === null ? {} : { unlessAttempt: Number(conditional[1]) }),
    ...(message === '' ? {} : { message }),
  };
}

/** Splits the first word from the text after it. The first word can be a JSON string, for names with spaces. */
function withName(rest: string, build: (name: string, text: string) => Parsed): Parsed {
  const quoted = /^("(?:[^"\\]|\\.)*")\s*(.*)$/s.exec(rest);
  const [, first = '', text = ''] = quoted ?? /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
  const name = textOf(first);
  return name === '' ? { problem: 'The first word is missing.' } : build(name, textOf(text));
}

/** The text as written, or decoded if it is a JSON string, which can contain line breaks. */
function textOf(text: string): string {
  if (!text.startsWith('"')) return text;
  const value = parseJson(text);
  return typeof value === 'string' ? value : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON: callers report an error or use the text as it is.
  }
}
