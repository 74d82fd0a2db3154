type Key = Pick<KeyboardEvent, 'key' | 'code'>;

/**
 * The key of a shortcut, in lower case. Where the layout writes other letters than those of the alphabet on the keys
 * (Cyrillic, Greek, Hebrew), it is the one that stands at the same place on a Latin keyboard; where it writes Latin
 * ones elsewhere (Dvorak, AZERTY), it is the one that is written.
 */
export function keyOf({ key, code }: Key): string {
  const isOneOtherLetter = [...key].length === 1 && !/^[ -~]$/.test(key);
  if (!isOneOtherLetter) return key.toLowerCase();
  return code === 'Comma' ? ',' : (/^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? key);
}
