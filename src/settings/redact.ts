export const REDACTED = '[redacted]';

/** Keys as their makers write them. */
const KEY_SHAPES: readonly RegExp[] = [
  /\b(?:crsr|cursor|key)_[A-Za-z0-9_-]{16,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bglpat-[A-Za-z0-9_-]{16,}/g,
  /\bsk-[A-Za-z0-9_-]{20,}/g,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/g,
  /\bAKIA[A-Z0-9]{16}\b/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];
/** A digit or padding tells a token from the next word of a sentence that begins with "basic". */
const AUTHORIZATION = /\b(Bearer|Basic)(\s+)(?=[^\s"']*[\d=])[A-Za-z0-9._~+/=-]{12,}/gi;
/**
 * A password or token inside a URL, as git remotes have it; a plain user such as `git@` may stay. The scheme has a
 * bound: without one, a long run of its characters would be searched again from each of them.
 */
const URL_PASSWORD =
  /\b([a-z][a-z0-9+.-]{0,30}:\/\/)(?:[^\s/@:"'<>]*:[^\s/@"'<>]+|[^\s/@:"'<>]{20,})@/gi;

/** Shorter texts are too likely to be a part of something harmless. */
const SHORTEST_SECRET = 6;

/** A secret as it may stand in logs and wire dumps. */
const spellings = (secret: string): readonly string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`${secret}:`).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
];

/**
 * A function that takes known secrets, and everything that looks like a key, out of a text. For all that is
 * logged, shown, exported or put into an error. The secrets are asked for each time, because keys change.
 */
export const createRedactor =
  (secrets: () => readonly string[]): ((text: string) => string) =>
  (text) => {
    let clean = text;
    const known = secrets()
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      .flatMap(spellings)
      // A longer one first: a shorter one inside it would leave its rest behind.
      .sort((left, right) => right.length - left.length);
    for (const secret of known) clean = clean.replaceAll(secret, REDACTED);
    for (const shape of KEY_SHAPES) clean = clean.replace(shape, REDACTED);
    return clean.replace(AUTHORIZATION, `$1$2${REDACTED}`).replace(URL_PASSWORD, `$1${REDACTED}@`);
  };
