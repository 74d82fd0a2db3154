import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits, in base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A secret's hash, for keeping it where someone might read it. */
export const hashOf = (secret: string): string => digest(secret).toString('hex');

/** Compares in a time that tells nothing about either value: hashes have one length and no useful prefix. */
export const isSameSecret = (one: string, other: string): boolean =>
  timingSafeEqual(digest(one), digest(other));
