/** Whether a text contains git's conflict markers around both sides of a conflict. */
export const hasConflictMarkers = (text: string): boolean =>
  /^<{7} [^\n]*\n(?:[^\n]*\n)*?={7}\r?\n(?:[^\n]*\n)*?>{7} /m.test(text);
