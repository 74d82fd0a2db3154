import { basename } from 'node:path';

const SHELLS = /^(ba|z|da|k|a)?sh$/;
const POWERSHELLS = /^(powershell|pwsh)(\.exe)?$/i;

/**
 * The command that the model wrote, without the shell that Codex runs it in: `/bin/bash -c 'ls'` is `ls`. People's rules
 * are about that command, so what cannot be read exactly is left as it is.
 */
export function innerCommand(command: string): string {
  const words = wordsOf(command);
  const [program = '', flag = '', inner, ...rest] = words ?? [];
  const name = basename(program.replaceAll('\\', '/'));
  if (SHELLS.test(name) && /^-l?c$/.test(flag) && inner !== undefined && rest.length === 0)
    return inner;
  if (POWERSHELLS.test(name)) {
    const last = words?.at(-1);
    if (last !== undefined && /^-command$/i.test(words?.at(-2) ?? '')) return last;
  }
  return command;
}

/** The words of a line in which everything special is quoted, as programs quote them; null for any other line. */
function wordsOf(line: string): readonly string[] | null {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== '') {
    let word = '';
    while (rest !== '' && !/^\s/.test(rest)) {
      const piece = pieces.exec(rest);
      if (piece === null) return null;
      const [whole, single, double, escaped, plain] = piece;
      word += single ?? double?.replace(/\\([$`"\\])/g, '$1') ?? escaped ?? plain ?? '';
      rest = rest.slice(whole.length);
    }
    words.push(word);
    rest = rest.trimStart();
  }
  return words;
}

/** In single quotes, in double quotes without anything that a shell would replace, behind a backslash, or plain. */
const pieces = /^(?:'([^']*)'|"((?:[^"\\$`]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\$`;&|<>(){}*?~#!]+))/;
