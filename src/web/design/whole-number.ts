export type NumberRange = { readonly min: number; readonly max: number };

/** The validation message for a typed number; null if it is valid. `text` is empty for input that is not a number. */
export function wholeNumberError(text: string, { min, max }: NumberRange): string | null {
  const value = Number(text);
  const isFine = text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max;
  if (isFine) return null;
  return `Enter a whole number from ${min} to ${max.toLocaleString('en')}.`;
}
