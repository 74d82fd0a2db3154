/** Maximum length of a text in arguments or results, such as the content of a file or the output of a build. */
export const MAX_TEXT_LENGTH = 100_000;
/** Kept at the beginning and at the end. */
const KEPT_LENGTH = MAX_TEXT_LENGTH / 2;
const MAX_DEPTH = 40;

export type Clipped = { readonly value: unknown; readonly isClipped: boolean };

/** The value as plain JSON, with the middle of long texts left out. */
export function clip(value: unknown): Clipped {
  let isClipped = false;
  const clipText = (text: string): string => {
    if (text.length <= MAX_TEXT_LENGTH) return text;
    isClipped = true;
    const omittedLength = text.length - 2 * KEPT_LENGTH;
    return `${text.slice(0, KEPT_LENGTH)}\n… ${omittedLength} characters omitted …\n${text.slice(-KEPT_LENGTH)}`;
  };
  const convert = (part: unknown, depth: number): unknown => {
    if (typeof part === 'string') return clipText(part);
    if (typeof part === 'bigint') return String(part);
    if (typeof part !== 'object' || part === null) return part;
    if (depth > MAX_DEPTH) {
      isClipped = true;
      return null;
    }
    // As an object, each byte would be a field.
    if (part instanceof Uint8Array) return clipText(Buffer.from(part).toString('base64'));
    if (Array.isArray(part)) return part.map((one) => convert(one, depth + 1));
    return Object.fromEntries(
      Object.entries(part).map(([name, one]) => [name, convert(one, depth + 1)]),
    );
  };
  return { value: convert(value, 0), isClipped };
}
