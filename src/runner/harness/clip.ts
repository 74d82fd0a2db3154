/** A text in arguments or results longer than this is cut: a file that was read whole, the output of a build. */
export const MAX_TEXT_LENGTH = 100_000;
/** Of the beginning and of the end, each. */
const KEPT_LENGTH = MAX_TEXT_LENGTH / 2;
const MAX_DEPTH = 40;

export type Clipped = { readonly value: unknown; readonly isClipped: boolean };

/** The same value as plain JSON, with the middle of its long texts left out. */
export function clip(value: unknown): Clipped {
  let isClipped = false;
  const clipText = (text: string): string => {
    if (text.length <= MAX_TEXT_LENGTH) return text;
    isClipped = true;
    const left = text.length - 2 * KEPT_LENGTH;
    return `${text.slice(0, KEPT_LENGTH)}\n… ${left} characters omitted …\n${text.slice(-KEPT_LENGTH)}`;
  };
  const walk = (part: unknown, depth: number): unknown => {
    if (typeof part === 'string') return clipText(part);
    if (typeof part === 'bigint') return String(part);
    if (typeof part !== 'object' || part === null) return part;
    if (depth > MAX_DEPTH) {
      isClipped = true;
      return null;
    }
    // Bytes would become an object with a field for each of them.
    if (part instanceof Uint8Array) return clipText(Buffer.from(part).toString('base64'));
    if (Array.isArray(part)) return part.map((one) => walk(one, depth + 1));
    return Object.fromEntries(
      Object.entries(part).map(([name, one]) => [name, walk(one, depth + 1)]),
    );
  };
  return { value: walk(value, 0), isClipped };
}
