import { type Content, textsOf } from './request.ts';

/** The result of a call, without the header that Codex adds. `session` is set for a command that is still running. */
export type CallResult = {
  readonly text: string;
  readonly isError: boolean;
  readonly session?: number;
};

/** The end of the output of a script (`scriptFor`) whose command failed. */
export const FAILED = 'The command failed with exit code ';

export function resultOf(output: Content | undefined): CallResult {
  const texts = textsOf(output);
  const head = texts[0] ?? '';
  if (/^Script (completed|failed|running)/.test(head)) return scriptResult(head, texts.slice(1));
  const text = texts.join('\n');
  const body = /(?:^|\n)Output:\n?(.*)$/s.exec(text)?.[1];
  if (body === undefined)
    return { text, isError: /(failed|rejected|unsupported call)\b/.test(text) };
  const session = /^Process running with session ID (\d+)$/m.exec(text)?.[1];
  const code = /^Process exited with code (-?\d+)$/m.exec(text)?.[1];
  const isError = (code !== undefined && code !== '0') || /^(user )?rejected\b/.test(body);
  return { text: body, isError, ...(session === undefined ? {} : { session: Number(session) }) };
}

function scriptResult(head: string, texts: readonly string[]): CallResult {
  const text = texts.join('\n');
  return { text, isError: !head.startsWith('Script completed') || text.includes(FAILED) };
}
