/** Visible characters: no spaces, control characters, or characters that only affect how others are displayed. */
const visible = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a text is absent, empty, or consists only of spaces and invisible characters. */
export const isBlank = (text: string | undefined): boolean =>
  text === undefined || !visible.test(text);

/** The trimmed text; null if it is blank. */
export const textOrNull = (text: string | undefined): string | null =>
  text === undefined || isBlank(text) ? null : text.trim();
