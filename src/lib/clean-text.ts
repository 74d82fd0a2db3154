/**
 * Characters that can change how a terminal displays text: C0 and C1 control characters, zero-width and bidirectional
 * marks, the byte order mark. Callers handle line feeds and tabs themselves.
 */
const controlCharacters = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * Terminal control sequences: strings (titles, links, the clipboard), complete or cut off, then colors, cursor movements
 * and the rest. No sequence can start inside another one, so that matching takes linear time.
 */
const ESC = '\u001b';
const BEL = '\u0007';
/** Each can be written as one C1 character, or as an escape and another character. */
const CSI = `(?:${ESC}\\[|\u009b)`;
const ST = `(?:${BEL}|\u009c|${ESC}\\\\)`;
const STRING = `(?:${ESC}[\\]P_^X]|[\u009d\u0090\u009f\u009e\u0098])`;
const controlStrings = new RegExp(`${STRING}[^${ESC}\u009c${BEL}\n]*${ST}`, 'g');
const controlSequences = new RegExp(`${CSI}[0-?]*[ -/]*[@-~]|${ESC}[ -/]*[0-Z\\\\^-~]?`, 'g');

/**
 * Untrusted text (from agents, files, servers) that is safe to print: without terminal control sequences, control
 * characters and bidirectional marks, and with lone surrogates replaced. Line feeds and tabs stay.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(controlStrings, '')
    .replace(controlSequences, '')
    .replace(/\r\n?/g, '\n')
    .replace(controlCharacters, (match) => (match === '\n' || match === '\t' ? match : ''));
}

/** The same JSON with control characters written as `\u` escapes, so that it is safe to print. */
export function escapeControlCharacters(json: string): string {
  return json.replace(controlCharacters, (match) =>
    match === '\n' ? match : `\\u${match.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
