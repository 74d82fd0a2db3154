import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A random value of 256 bits in base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The hash of a secret, for storage. */
export const hashOf = (secret: string): string => digest(secret).toString('hex');

/** Compares in constant time. Hashing makes both values the same length. */
export const isSameSecret = (one: string, other: string): boolean =>
  timingSafeEqual(digest(one), digest(other));
