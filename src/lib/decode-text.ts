/**
 * Decodes the content of a file or a pipe: UTF-8, or UTF-16 as PowerShell and Windows editors write it, with or without
 * a byte order mark, which is removed. Null if it is not valid text; invalid bytes are never replaced silently.
 */
export function decodeText(bytes: Uint8Array): string | null {
  const encoding = encodingOf(bytes);
  if (encoding === null) return null;
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch (error) {
    if (error instanceof TypeError) return null; // The decoder throws it for invalid bytes.
    throw error;
  }
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  const [first, second, third, fourth] = bytes;
  // UTF-32 starts like UTF-16. It is not supported, because TextDecoder cannot read it.
  if (first === 0xff && second === 0xfe) return third === 0 && fourth === 0 ? null : 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Without a byte order mark: source code and documents contain ASCII characters, whose second byte is zero in UTF-16.
  if (bytes.length >= 2 && bytes.length % 2 === 0) {
    const zeros = [0, 0];
    const sample = bytes.subarray(0, 4096);
    for (const [index, byte] of sample.entries())
      if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
    const [even = 0, odd = 0] = zeros;
    if (odd > 0 && even === 0) return 'utf-16le';
    if (even > 0 && odd === 0) return 'utf-16be';
  }
  return 'utf-8';
}
