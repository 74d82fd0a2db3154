const SIGNATURES: readonly (readonly [string, string])[] = [
  ['89504e470d0a1a0a', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
  ['47494638', 'image/gif'],
];

/** The MIME type of an image format that models accept, from its first bytes; null for anything else. */
export function imageTypeOf(bytes: Uint8Array): string | null {
  const header = Buffer.from(bytes.subarray(0, 12)).toString('hex');
  const known = SIGNATURES.find(([signature]) => header.startsWith(signature));
  if (known !== undefined) return known[1];
  // RIFF....WEBP
  return header.startsWith('52494646') && header.endsWith('57454250') ? 'image/webp' : null;
}
