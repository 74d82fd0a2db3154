/**
 * Shapes of keys that the rule set of secretlint does not know, or knows only where they stand alone. Each of them
 * takes a time that grows with the text alone: what follows a beginning is bounded, or is taken whatever it is.
 * `(?<value>…)` marks the secret where the shape is more than that.
 */

/** Beginnings that makers put before their keys, and how much of a key has to follow. */
const BEGINNINGS: readonly (readonly [beginning: string, least: number])[] = [
  ['crsr_', 16],
  ['(?:cursor|key)_(?=[\\w-]{0,80}\\d)', 16],
  ['key-(?=[0-9a-f]{32})', 32],
  ['gh[pousr]_', 20],
  ['github_pat_', 20],
  ['gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-', 16],
  ['GR1348941', 16],
  ['(?:sk|rk)_(?:live|test|prod)_', 10],
  ['whsec_', 16],
  ['sk-(?=[\\w-]{0,80}\\d)', 20],
  ['sk-(?:ant|or|proj|svcacct|admin)-', 16],
  ['xox[a-z]-', 10],
  ['xapp-\\d-', 10],
  ['AIza', 30],
  ['GOCSPX-', 20],
  ['ya29\\.', 20],
  ['npm_', 20],
  ['hf_', 20],
  ['api_org_', 20],
  ['pypi-', 16],
  ['do[opr]_v1_', 20],
  ['shp(?:at|ca|pa|ss)_', 20],
  ['ntn_', 20],
  ['secret_', 32],
  ['lin_(?:api|oauth)_', 20],
  ['gsk_', 20],
  ['pplx-', 20],
  ['xai-', 20],
  ['r8_', 20],
  ['nvapi-', 20],
  ['tgp_v1_', 20],
  ['AT(?:ATT|CTT|BB)', 24],
  ['gl(?:sa|c)_', 20],
  ['sb[ps]_', 20],
  ['sb_secret_', 16],
  ['vc[aikprt]_', 20],
  ['vercel_', 20],
  ['pscale_(?:tkn|pw|oauth)_', 20],
  ['sq0(?:atp|csp)-', 16],
  ['EAAA', 30],
  ['NR(?:AK|II|JS|RA)-', 16],
  ['AGE-SECRET-KEY-1', 20],
  ['ops_eyJ', 20],
  ['dp\\.(?:pt|st(?:\\.\\w{1,40})?|ct|sa|scim|audit)\\.', 16],
  ['rubygems_', 20],
  ['pul-', 20],
  ['PMAK-', 20],
  ['dckr_[po]at_', 16],
  ['sgp_', 20],
  ['sntry[su]_', 20],
  ['tskey-(?:auth|api|client|scim|webhook)-', 10],
  ['EZ[AT]K', 40],
  ['duffel_(?:test|live)_', 20],
  ['shippo_(?:test|live)_', 20],
  ['FLWSECK(?:_TEST)?-', 12],
  ['xkeysib-', 20],
  ['re_(?=\\w{0,40}\\d)', 24],
  ['CCIPAT_', 20],
  ['bkua_', 20],
  ['dt0c01\\.', 20],
  ['pnu_', 20],
  ['phx_', 20],
  ['rnd_', 20],
  ['f[om][12]_', 20],
  ['figd_', 20],
  ['dapi(?=[0-9a-f]{32})', 32],
  ['hv[sbr]\\.', 20],
  ['AKCp', 16],
  ['cmVmd', 16],
  ['SG\\.', 20],
  ['(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)(?=[A-Z0-9]{16}(?![A-Za-z0-9]))', 16],
  ['SK(?=[0-9a-f]{32}(?![A-Za-z0-9]))', 32],
  ['pat(?=\\w{14}\\.[0-9a-f]{32})', 32],
  ['AQE(?=\\w{0,60}\\d)', 20],
];

const PREFIXED = new RegExp(
  `(?<![A-Za-z0-9])(?:${BEGINNINGS.map(([beginning, least]) => `${beginning}[\\w.=+/-]{${least},}`).join('|')})`,
  'g',
);

/** Names of variables in capitals that say what they hold, with anything behind the sign. */
const CAPITALS =
  '(?:SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIALS?|_PASS|_PWD|_PAT|(?:API|ACCESS|SECRET|PRIVATE|ENCRYPTION|SIGNING|AUTH|MASTER|SERVICE|ACCOUNT|DEPLOY|CLIENT|SESSION)_?KEY)(?:_[A-Z0-9]{1,20}){0,3}';
/** The same in small letters, where code and prose use such words too: only behind it a value that looks like one. */
const SMALL =
  '(?:secret|password|passwd|passphrase|token|(?:api|access|secret|private|signing|auth|account|client)[ _-]?key)';
const SIGN = '[ \\t"\'\\\\]{0,5}(?::=|=>|=|:)\\s{0,3}';
/** What stands for a value that is somewhere else. */
const REFERENCE =
  '(?!["\'`]?(?:\\$|<|\\{|%|\\*{3}|process\\.|os\\.|env\\.|import\\.|secrets?\\.|vault|null\\b|none\\b|undefined\\b|true\\b|false\\b|your[-_]|\\.{3}|\\[redacted))';

const shapes: readonly RegExp[] = [
  PREFIXED,
  // JSON web tokens.
  /(?<![A-Za-z0-9_-])eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  // Keys in PEM and PGP armour, and of PuTTY; one that was cut off too.
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^\0]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|(?=\0)|$)/g,
  /PuTTY-User-Key-File-\d[^\0]*/g,
  // Bots of Telegram and Discord, Terraform Cloud, and addresses that are keys themselves.
  /(?<!\w)\d{8,10}:AA[\w-]{32,35}/g,
  /(?<![\w-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}/g,
  /(?<!\w)\w{14}\.atlasv1\.[\w-]{40,}/g,
  /https:\/\/(?:hooks\.slack\.com\/(?:services|workflows|triggers)|discord(?:app)?\.com\/api\/webhooks|[\w-]{1,60}\.webhook\.office\.com)\/[^\s"'<>]{10,}/gi,
  // A digit or padding tells a token from the next word of a sentence that begins with "basic".
  /(?<!\w)(?:bearer|basic)\s+(?<value>(?=[^\s"']{0,400}[\d=])[\w.~+/=-]{12,})/gi,
  /(?<!\w)authorization["'\\]{0,3}\s{0,3}[:=]\s{0,3}["'\\]{0,3}(?:token|apikey|digest|aws4-hmac-sha256)?\s{0,3}(?<value>(?!bearer|basic)[^\s"'\\]{8,})/gi,
  /(?<!\w)(?:set-)?cookie["'\\]{0,3}\s{0,3}:\s{0,3}["'\\]{0,3}(?<value>[^\s"'\\=;]{1,100}=[^\n"'\\\0]{4,})/gi,
  /(?<!\w)x-(?:api-key|auth-token|access-token)["'\\]{0,3}\s{0,3}[:=]\s{0,3}["'\\]{0,3}(?<value>[^\s"'\\,]{6,})/gi,
  /*
   * A password or token inside a URL, as git remotes have it; a plain user such as `git@` may stay. The scheme has a
   * bound: without one, a long run of its characters would be searched again from each of them.
   */
  /\b[a-z][a-z0-9+.-]{0,30}:\/\/(?<value>[^\s/@:"'<>]*:[^\s/@"'<>]+|[^\s/@:"'<>]{20,})@/gi,
  /[?&;](?:access_token|refresh_token|id_token|auth_token|token|api_?key|key|client_secret|secret|password|passwd|sig|signature|x-amz-signature|x-amz-security-token|x-goog-signature)=(?<value>[^&\s"'<>\\]{6,})/gi,
  /(?:AccountKey|SharedAccessKey|SharedAccessSignature)=(?<value>[^;\s"'\\]{16,})/gi,
  /\blogin\s{1,5}\S{1,200}\s{1,5}password\s{1,5}(?<value>\S{4,})/gi,
  /(?<!\w)--?(?:password|passwd|passphrase|token|secret|api-key|access-token|auth-token|client-secret)(?:=|\s{1,3})["']?(?<value>(?![-$<{"'])[^\s"'\\]{6,})/gi,
  new RegExp(`${CAPITALS}${SIGN}${REFERENCE}["'\`]?(?<value>[^\\s"'\`\\\\,;&<>|(){}\\0]{6,})`, 'g'),
  new RegExp(
    `${CAPITALS}${SIGN}${REFERENCE}(?:"(?<value>[^"\\n\\\\\\0]{6,})"|'(?<other>[^'\\n\\\\\\0]{6,})')`,
    'g',
  ),
  new RegExp(
    `${SMALL}${SIGN}${REFERENCE}["'\`]?(?<value>(?![\\w.$]{0,200}\\()(?=[^\\s"'\`\\\\,;&<>|(){}\\0]{0,200}\\d|[^\\s"'\`\\\\,;&<>|(){}\\0]{24})[^\\s"'\`\\\\,;&<>|(){}\\0]{6,})`,
    'gi',
  ),
  // Any other `…_KEY=`, with a value that has letters and digits.
  /_KEY["'\\]{0,3}\s{0,3}[=:]\s{0,3}["'\\]{0,3}(?<value>(?=[\w.+/=-]{0,100}\d)(?=[\w.+/=-]{0,100}[A-Za-z])[\w.+/=-]{16,})/g,
];

export type Range = readonly [start: number, end: number];

/** Where in a text keys of these shapes stand. */
export function* keyRanges(text: string): Generator<Range> {
  for (const shape of shapes) {
    for (const match of text.matchAll(shape)) {
      const value = match.groups?.value ?? match.groups?.other ?? match[0];
      // The secret is the last part of its shape, but for a sign behind it.
      const start = match.index + match[0].lastIndexOf(value);
      yield [start, start + value.length];
    }
  }
}
