import { findAssignedSecrets } from './assigned-secrets.ts';
import { keysWithPrefix } from './key-prefixes.ts';
import { isPlaceholder, isPlainWord, withoutPunctuation } from './non-secret-values.ts';
import type { Range } from './plain-view.ts';

/**
 * Patterns of keys that secretlint's rules do not know, or match only as separate words. Each takes linear time: what
 * follows a prefix is bounded or unrestricted. `(?<value>…)` marks the secret if it is only a part of the match.
 */

type KeyPattern = RegExp | { readonly pattern: RegExp; readonly isKey: (value: string) => boolean };

const isNotPlaceholder = (value: string): boolean => !isPlaceholder(value);
/** Base64 of `name:password`, as opposed to a word that only looks like base64. */
const isNameAndPassword = (value: string): boolean =>
  /^[\x20-\x7e]*:[\x20-\x7e]*$/.test(Buffer.from(value, 'base64').toString('latin1'));
/** Distinguishes keys from hashes, which have no capitals, and from names, which have no digits. */
const hasMixedCharacters = (value: string): boolean =>
  /\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value);

const patterns: readonly KeyPattern[] = [
  ...keysWithPrefix,
  // JSON web tokens.
  /(?<![A-Za-z0-9_-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  // Keys in PEM and PGP armor and of PuTTY, complete or cut off.
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^\0]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?=\0)|$)/g,
  /PuTTY-User-Key-File-\d[^\0]*/g,
  // Tokens of Telegram and Discord bots and of Terraform Cloud, and URLs that are secret themselves.
  /(?<!\w)\d{8,10}:AA[\w-]{32,35}/g,
  /(?<![\w-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}/g,
  /(?<!\w)\w{14}\.atlasv1\.[\w-]{40,}/g,
  /https:\/\/(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks|[\w-]{1,60}\.webhook\.office\.com)\/[^\s"'<>]{10,}/gi,
  // A digit or padding distinguishes a token from the next word of a sentence that contains "basic".
  /(?<!\w)(?:bearer|basic)\s+(?<value>(?=[^\s"']{0,400}[\d=])[\w.~+/=-]{12,})/dgi,
  // An encoded name and password.
  {
    pattern: /(?<!\w)basic\s{1,3}(?<value>[A-Za-z0-9+/]{6,}={0,2})/dgi,
    isKey: isNameAndPassword,
  },
  {
    pattern:
      /(?<!\w)(?:proxy-)?authorization["'\\]{0,3}\s{0,3}[:=]\s{0,3}["'`\\]{0,3}(?:bearer|basic|negotiate|digest|token|apikey|bot|key|ssws|splunk|aws4-hmac-sha256)\s{1,3}(?<value>[^\s"'`\\\0]{6,})/dgi,
    isKey: (value) => !isPlaceholder(value) && !isPlainWord(withoutPunctuation(value)),
  },
  /(?<!\w)authorization["'\\]{0,3}\s{0,3}[:=]\s{0,3}["'\\]{0,3}(?<value>(?!bearer|basic|[$<{]|[\w.]{1,80}\()[^\s"'`\\\0]{8,})/dgi,
  /(?<!\w)(?:set-)?cookie["'\\]{0,3}\s{0,3}:\s{0,3}["'\\]{0,3}(?<value>[^\s"'\\=;]{1,100}=[^\n"'\\\0]{4,})/dgi,
  /(?<!\w)x-(?:api-key|auth-token|access-token)["'\\]{0,3}\s{0,3}[:=]\s{0,3}["'\\]{0,3}(?<value>[^\s"'\\,]{6,})/dgi,
  /*
   * A password or token in a URL, as in git remotes; a plain user name such as `git@` may stay. The length of the scheme
   * is bounded, because otherwise a long run of its characters would be searched again from each of them.
   */
  /\b[a-z][a-z0-9+.-]{0,30}:\/\/(?<value>[^\s/@:"'<>]{0,200}:(?!\d{1,5}[/?#])(?:(?!:\/\/)[^\s"'<>\0]){1,200}|[^\s/@:"'<>]{20,})@/dgi,
  /[?&;](?:access_token|refresh_token|id_token|auth_token|token|api_?key|key|client_secret|secret|password|passwd|sig|signature|x-amz-signature|x-amz-security-token|x-goog-signature)=(?<value>[^&\s"'<>\\]{6,})/dgi,
  /(?:AccountKey|SharedAccessKey|SharedAccessSignature)=(?<value>[^;\s"'\\]{16,})/dgi,
  /\blogin\s{1,5}\S{1,200}\s{1,5}password\s{1,5}(?<value>\S{4,})/dgi,
  /(?<!\w)--?(?:password|passwd|passphrase|token|secret|api-key|access-token|auth-token|client-secret)(?:=|\s{1,3})["']?(?<value>(?![-$<{"'])[^\s"'\\]{6,})/dgi,
  // Credentials in the files of npm and Docker: a name and a password, or a token.
  {
    pattern:
      /(?<![A-Za-z0-9])_auth(?:Token)?["'\\]{0,3}\s{0,3}[=:]\s{0,3}["'\\]{0,3}(?<value>[^\s"'\\\0]{4,})/dg,
    isKey: isNotPlaceholder,
  },
  {
    pattern: /["']auth\\{0,3}["']\s{0,3}:\s{0,3}\\{0,3}["'](?<value>[A-Za-z0-9+/]{4,}={0,2})/dg,
    isKey: isNameAndPassword,
  },
  // `curl -u name:password`; in other programs, `-u` takes a user and a group.
  /\b(?:curl|wget|https?|xh)\b[^\n\0]{0,300}?\s(?:-[A-Za-z]{0,6}u|--(?:proxy-)?user)[ =]{0,3}["'\\]{0,3}(?<value>[^\s:"'\\$]{1,100}:(?![$"'\s])[^\s"'\\\0]+)/dg,
  /\b(?:SSWS|FlyV1)\s{1,3}(?<value>[\w.,+/=-]{8,})/dg,
  /(?<![\w/])1\/\/0[\w-]{20,}/g,
  /(?<![\da-f])[\da-f]{32}-us\d{1,2}(?!\w)/g,
  // The secret next to the id of an AWS key, in either order.
  {
    pattern:
      /(?:AKIA|ASIA)[A-Z0-9]{16}(?=[^\0]{1,120}?(?<![\w/+])(?<value>[\w/+]{40})(?![\w/+=]))/dg,
    isKey: hasMixedCharacters,
  },
  {
    pattern:
      /(?<![\w/+])(?<value>[\w/+]{40})(?![\w/+=])(?=[^\0]{1,80}?(?:AKIA|ASIA)[A-Z0-9]{16})/dg,
    isKey: hasMixedCharacters,
  },
  // Any other `…_KEY=` whose value contains letters and digits.
  /_KEY["'\\]{0,3}\s{0,3}[=:]\s{0,3}["'\\]{0,3}(?<value>(?=[\w.+/=-]{0,100}\d)(?=[\w.+/=-]{0,100}[A-Za-z])[\w.+/=-]{16,})/dg,
];

/** The ranges of all keys in a text that match a pattern or an assignment. */
export function* findKeys(text: string): Generator<Range> {
  for (const each of patterns) {
    const { pattern, isKey } = each instanceof RegExp ? { pattern: each, isKey: undefined } : each;
    for (const match of text.matchAll(pattern)) {
      const value = match.groups?.value ?? match[0];
      if (isKey !== undefined && !isKey(value)) continue;
      const range = match.indices?.groups?.value;
      if (range !== undefined) yield range;
      else yield [match.index, match.index + match[0].length];
    }
  }
  yield* findAssignedSecrets(text);
}
