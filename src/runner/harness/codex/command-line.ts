import { basename } from 'node:path';

const SHELLS = /^(ba|z|da|k|a)?sh$/;
const POWERSHELLS = /^(powershell|pwsh)(\.exe)?$/i;

/**
 * The command of the model, without the shell in which Codex runs it: `/bin/bash -c 'ls'` is `ls`. Permission rules
 * apply to that command, so a line that cannot be parsed exactly is returned unchanged.
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

/** The words of a line in which all special characters are quoted, as programs do; null for any other line. */
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

/** Single-quoted, double-quoted without expansions, backslash-escaped, or plain. */
const pieces = /^(?:'([^']*)'|"((?:[^"\\$`]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\$`;&|<>(){}*?~#!]+))/;
