/** Whether a file has a conflict as git marks it: both sides, one below the other. */
export const hasConflictMarkers = (text: string): boolean =>
  /^<{7} [^\n]*\n(?:[^\n]*\n)*?={7}\r?\n(?:[^\n]*\n)*?>{7} /m.test(text);
