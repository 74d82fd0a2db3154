/** A text as one shell word, in quotation marks if it contains characters that are special to the shell. */
export const shellWord = (text: string): string =>
  /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
