export type NumberRange = { readonly min: number; readonly max: number };

/** What is wrong with a number that someone types; null when nothing is. `text` is empty for what is no number. */
export function numberProblem(text: string, { min, max }: NumberRange): string | null {
  const value = Number(text);
  const isFine = text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max;
  if (isFine) return null;
  return `Enter a whole number from ${min} to ${max.toLocaleString('en')}.`;
}
