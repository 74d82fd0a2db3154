const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['89504e470d0a1a0a', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
  ['47494638', 'image/gif'],
];

/** The type of a picture that models accept, from its first bytes; null for anything else. */
export function imageTypeOf(bytes: Uint8Array): string | null {
  const beginning = Buffer.from(bytes.subarray(0, 12)).toString('hex');
  const known = BEGINNINGS.find(([signature]) => beginning.startsWith(signature));
  if (known !== undefined) return known[1];
  // RIFF....WEBP
  return beginning.startsWith('52494646') && beginning.endsWith('57454250') ? 'image/webp' : null;
}
