type Key = Pick<KeyboardEvent, 'key' | 'code'>;

/**
 * The key of a shortcut, in lower case. On a non-Latin layout (Cyrillic, Greek, Hebrew) this is the key at the same
 * position on a Latin keyboard; on other Latin layouts (Dvorak, AZERTY) it is the character typed.
 */
export function shortcutKey({ key, code }: Key): string {
  const isNonLatinCharacter = [...key].length === 1 && !/^[ -~]$/.test(key);
  if (!isNonLatinCharacter) return key.toLowerCase();
  return code === 'Comma' ? ',' : (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? key);
}
