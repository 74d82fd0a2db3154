/**
 * Characters that can move the cursor, ring, recolor or reorder what a person reads: C0 and C1 controls,
 * zero-width and bidirectional marks, the byte order mark. Line feeds and tabs are for the caller to handle.
 */
const hazardous = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/**
 * Commands to a terminal: titles, links and the clipboard (ended, or only begun), then colors, movements and the
 * rest. Each of them can only begin where another one is over, so that reading takes time with the length alone.
 */
const ESC = '\u001b';
const BEL = '\u0007';
/** Each is one character of C1, or an escape and a letter. */
const CSI = `(?:${ESC}\\[|\u009b)`;
const ST = `(?:${BEL}|\u009c|${ESC}\\\\)`;
const STRING = `(?:${ESC}[\\]P_^X]|[\u009d\u0090\u009f\u009e\u0098])`;
const titles = new RegExp(`${STRING}[^${ESC}\u009c${BEL}\n]*${ST}`, 'g');
const commands = new RegExp(`${CSI}[0-?]*[ -/]*[@-~]|${ESC}[ -/]*[0-Z\\\\^-~]?`, 'g');

/**
 * Text from elsewhere (agents, files, servers) without what a screen would obey instead of show: terminal commands,
 * control characters and turns of direction are taken out, lone surrogates replaced. Line feeds and tabs stay.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(titles, '')
    .replace(commands, '')
    .replace(/\r\n?/g, '\n')
    .replace(hazardous, (found) => (found === '\n' || found === '\t' ? found : ''));
}

/** JSON in which the same characters are written as escapes: equal to a program, harmless to a terminal. */
export function harmlessJson(json: string): string {
  return json.replace(hazardous, (found) =>
    found === '\n' ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
