/** Text as one word of a shell: as it stands, or in quotation marks where the shell would read something else. */
export const shellWord = (text: string): string =>
  /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
