/** A pattern for the prefix of a key, and the minimum number of characters that follow it. */
type KeyPrefix = readonly [prefix: string, minLength: number];

/** Prefixes that no word contains, so that a key is found even directly after other characters. */
const UNAMBIGUOUS: readonly KeyPrefix[] = [
  ['crsr_', 16],
  ['gh[pousr]_(?=[A-Za-z0-9]{0,30}\\d)', 20],
  ['github_pat_', 20],
  ['gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct)-', 16],
  ['GR1348941', 16],
  ['(?:sk|rk)_(?:live|test|prod)_', 10],
  ['whsec_', 16],
  ['xox[a-z]-(?=[\\w-]{0,40}\\d)', 10],
  ['xapp-\\d-', 10],
  ['AIza', 30],
  ['GOCSPX-', 20],
  ['ya29\\.', 20],
  ['npm_(?!config_|package_|lifecycle_|registry_|execpath|command)', 20],
  ['pypi-', 16],
  ['do[opr]_v1_', 20],
  ['shp(?:at|ca|pa|ss)_', 20],
  ['lin_(?:api|oauth)_', 20],
  ['nvapi-', 20],
  ['tgp_v1_', 20],
  ['sb_secret_', 16],
  ['pscale_(?:tkn|pw|oauth)_', 20],
  ['sq0(?:atp|csp)-', 16],
  ['AGE-SECRET-KEY-1', 20],
  ['rubygems_', 20],
  ['PMAK-', 20],
  ['dckr_[po]at_', 16],
  ['sntry[su]_', 20],
  ['tskey-(?:auth|api|client|scim|webhook)-', 10],
  ['FLWSECK(?:_TEST)?-', 12],
  ['xkeysib-', 20],
  ['CCIPAT_', 20],
  ['figd_', 20],
  ['(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA)(?=[A-Z0-9]{16})', 16],
  ['sk-ant-(?=[\\w-]{0,80}\\d)', 16],
  ['sk-(?:proj|svcacct)-(?=[\\w-]{0,80}[A-Z])(?=[\\w-]{0,80}\\d)', 16],
  ['sq[upa]_(?=[0-9a-f]{32})', 32],
  ['nfp_(?=\\w{0,40}\\d)', 20],
  ['CFPAT-', 16],
  ['tfp_(?=\\w{0,40}\\d)', 20],
  ['LTAI(?=[A-Za-z0-9]{0,20}\\d)(?=[A-Za-z0-9]{12})', 12],
];

/** Prefixes that words may contain too: they count only at the beginning of a word. */
const AT_WORD_START: readonly KeyPrefix[] = [
  ['gsk_', 20],
  ['hv[sbr]\\.', 20],
  ['SG\\.', 20],
  ['(?:cursor|key)_(?=[\\w-]{0,80}\\d)', 16],
  ['key-(?=[0-9a-f]{32})', 32],
  ['sk-(?=[\\w-]{0,80}\\d)', 20],
  ['sk-(?:ant|or|proj|svcacct|admin)-', 16],
  ['hf_', 20],
  ['api_org_', 20],
  ['ntn_', 20],
  ['secret_', 32],
  ['pplx-', 20],
  ['xai-', 20],
  ['r8_', 20],
  ['AT(?:ATT|CTT|BB)', 24],
  ['gl(?:sa|c)_', 20],
  ['sb[ps]_', 20],
  ['vc[aikprt]_', 20],
  ['vercel_', 20],
  ['EAAA', 30],
  ['NR(?:AK|II|JS|RA)-', 16],
  ['ops_eyJ', 20],
  ['dp\\.(?:pt|st(?:\\.\\w{1,40})?|ct|sa|scim|audit)\\.', 16],
  ['pul-', 20],
  ['sgp_', 20],
  ['EZ[AT]K', 40],
  ['duffel_(?:test|live)_', 20],
  ['shippo_(?:test|live)_', 20],
  ['re_(?=\\w{0,40}\\d)', 24],
  ['bkua_', 20],
  ['dt0c01\\.', 20],
  ['pnu_', 20],
  ['phx_', 20],
  ['rnd_', 20],
  ['f[om]\\d_', 20],
  ['dapi(?=[0-9a-f]{32})', 32],
  ['AKCp', 16],
  ['cmVmd', 16],
  ['SK(?=[0-9a-f]{32}(?![A-Za-z0-9]))', 32],
  ['pat(?=\\w{14}\\.[0-9a-f]{32})', 32],
  ['AQE(?=\\w{0,60}\\d)', 20],
];

/** A key continues after a line break if the rest of that line consists of letters of both cases and digits. */
const LINE_BREAK = String.raw`\r?\n[ \t]{0,8}(?=[\w-]{0,80}\d)(?=[\w-]{0,80}[A-Z])(?=[\w-]{0,80}[a-z])(?=[\w-]{6,200}[ \t]{0,8}["'\x60]?(?:[\r\n]|$))(?!${UNAMBIGUOUS.map(([prefix]) => prefix).join('|')})`;

const alternatives = (prefixes: readonly KeyPrefix[], character: string): string =>
  prefixes.map(([prefix, minLength]) => `${prefix}${character}{${minLength},}`).join('|');

/** Patterns for keys that have a known prefix. */
export const keysWithPrefix: readonly RegExp[] = [
  new RegExp(`(?:${alternatives(UNAMBIGUOUS, `(?:[\\w.=+/-]|${LINE_BREAK})`)})`, 'g'),
  new RegExp(`(?<![A-Za-z0-9])(?:${alternatives(AT_WORD_START, '[\\w.=+/-]')})`, 'g'),
];
