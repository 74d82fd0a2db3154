import { FAILED } from './results.ts';

/** What a script uses the tools for. */
export type ScriptedCall =
  | { readonly kind: 'run'; readonly command: string }
  | { readonly kind: 'patch'; readonly patch: string }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: Readonly<Record<string, unknown>>;
    };

/** Without it, Codex returns scripts that are still running, and the model would have to poll for them. */
const PRAGMA = '// @exec: {"yield_time_ms": 3600000}';

/** Returns JavaScript for Codex's `exec`, as a model would write it. */
export function scriptFor(call: ScriptedCall): string {
  switch (call.kind) {
    case 'run':
      return [PRAGMA, ...runLines(call.command)].join('\n');
    case 'patch':
      return `${PRAGMA}\ntext(await tools.apply_patch(${JSON.stringify(call.patch)}));`;
    case 'call':
      return [PRAGMA, ...callLines(call.name, call.args)].join('\n');
    default:
      return call satisfies never;
  }
}

/** Polls a command that runs longer than one call waits. */
const runLines = (command: string): readonly string[] => [
  `let result = await tools.exec_command({ cmd: ${JSON.stringify(command)}, yield_time_ms: 30000 });`,
  'let output = result.output;',
  'while (result.session_id !== undefined) {',
  '  const { session_id } = result;',
  "  result = await tools.write_stdin({ session_id, chars: '', yield_time_ms: 300000 });",
  '  output += result.output;',
  '}',
  'text(output);',
  `if (result.exit_code !== 0) text('${FAILED}' + result.exit_code);`,
];

const callLines = (name: string, args: object): readonly string[] => [
  `const call = tools[${JSON.stringify(name)}];`,
  `if (call === undefined) throw new Error(${JSON.stringify(`There is no tool ${name}.`)});`,
  `const result = await call(${JSON.stringify(args)});`,
  'for (const { text: words } of result?.content ?? []) if (words !== undefined) text(words);',
  'if (result?.content === undefined) text(JSON.stringify(result));',
];
