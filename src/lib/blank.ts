/** Whatever leaves a mark: not spaces, controls, or characters that only change how others are shown. */
const visible = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Nothing of it can be seen: it is absent, empty, or made only of spaces and invisible characters. */
export const isBlank = (text: string | undefined): boolean =>
  text === undefined || !visible.test(text);

/** The text without the space around it; null if nothing of it can be seen. */
export const textOrNull = (text: string | undefined): string | null =>
  text === undefined || isBlank(text) ? null : text.trim();
