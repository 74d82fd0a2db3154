/** A word of a shell command. `isCommand`: it names the program that runs. */
export type ShellWord = { readonly text: string; readonly isCommand: boolean };

const SEPARATORS = new Set([';', '&', '|', '(', ')', '{', '}', '\n']);
const REDIRECTION = /^\d*[<>]+[&|]?/;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/**
 * Splits a command line into words, without quotes, backslashes and redirections. Nothing is expanded, and
 * substitutions are treated like other text: enough to recognize paths, not to execute.
 */
export function shellWords(command: string): readonly ShellWord[] {
  const words: ShellWord[] = [];
  let text = '';
  let quote: string | null = null;
  let isCommandNext = true;
  const finish = () => {
    const word = text.replace(REDIRECTION, '');
    const isRedirected = word !== text;
    text = '';
    if (word === '') return;
    const isCommand = isCommandNext && !isRedirected && !ASSIGNMENT.test(word);
    if (isCommand) isCommandNext = false;
    words.push({ text: word, isCommand });
  };
  for (let at = 0; at < command.length; at += 1) {
    const character = command[at] ?? '';
    if (quote !== null) {
      if (character === quote) quote = null;
      else text += character;
    } else if (character === "'" || character === '"') {
      quote = character;
    } else if (character === '\\') {
      at += 1;
      text += command[at] ?? '';
    } else if (SEPARATORS.has(character)) {
      const isPartOfRedirection = character === '&' && /[<>]$/.test(text);
      if (isPartOfRedirection) {
        text += character;
        continue;
      }
      finish();
      isCommandNext = true;
    } else if (/\s/.test(character)) {
      // `> file` is the same redirection as `>file`.
      if (!/^\d*[<>]+[&|]?$/.test(text)) finish();
    } else {
      text += character;
    }
  }
  finish();
  return words;
}
