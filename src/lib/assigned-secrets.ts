import {
  isCode,
  isKeyword,
  isPlaceholder,
  isPlainWord,
  withoutPunctuation,
} from './non-secret-values.ts';
import type { Range } from './plain-view.ts';

/*
 * Finds values whose names mark them as secret: `DB_PASSWORD=…`, `password: …`, `<password>…</password>`, a table row.
 * Every match starts at such a name and has a bounded length, so that the search takes linear time.
 */

const WORD =
  '(?:secret|password|passwd|passphrase|passcode|token|credential|(?<=[a-z0-9_.-])_?(?:pass|pwd|pat)|(?<![a-z0-9])pwd|(?:api|access|secret|private|encryption|signing|auth|master|service|account|deploy|client|session)[ _-]?key)s?\\d{0,3}';
const SUFFIX = '(?:[_-][a-z0-9]{1,20}){0,3}';
const CLOSING = '[ \\t"\'\\\\`*\\]]{0,6}';
/** The separators between a name and its value. */
const SIGN = [
  '(?<assigned>[:?+|]?=(?![=>~])|=>|:-|:(?![:/=]))',
  '(?<cell>\\|)',
  '(?<element>[^<>\\n\\0]{0,100}>(?=[^<>\\n]{1,300}</))',
  '(?<entry>[,;]?\\s{1,40}["\'\\\\]{0,3}value["\'\\\\]{0,3}\\s{0,3}[:=])',
  '(?<=[ \\t])(?<blank>)(?!["\'\\\\]{0,3}value["\'\\\\]{0,3}\\s{0,3}[:=])',
].join('|');
const VALUE = [
  '"(?<double>(?:[^"\\\\\\n\\0]|\\\\[^\\n\\0]){1,1000})"',
  "'(?<single>(?:[^'\\\\\\n\\0]|\\\\[^\\n\\0]){1,1000})'",
  '\\\\{1,4}"(?<escaped>(?:[^"\\\\\\n\\0]|\\\\{3}"){1,1000})\\\\',
  '`(?<ticked>[^`\\n\\0]{1,1000})`',
  "(?<bare>(?:[^\\s\"'`\\\\\\0<>]|<(?!/)|>|\\\\(?![nrtbfvux\"'`\\\\])|'(?=\\w)){1,300})",
].join('|');
const ASSIGNMENT = new RegExp(
  `(?<name>${WORD}${SUFFIX})${CLOSING}(?:${SIGN})(?<gap>\\**[ \\t]{0,8}(?:(?:[|>][-+]?[ \\t]{0,8})?\\r?\\n[ \\t]{0,8})?)(?:${VALUE})`,
  'gdi',
);

/** The ranges of values whose names mark them as secret. */
export function* findAssignedSecrets(text: string): Generator<Range> {
  const search = new RegExp(ASSIGNMENT);
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const groups = match.groups ?? {};
    const kind = (['double', 'single', 'escaped', 'ticked', 'bare'] as const).find(
      (each) => groups[each] !== undefined,
    );
    const range = kind && match.indices?.groups?.[kind];
    if (kind === undefined || range === undefined) continue;
    const assignment = readAssignment(text, match, kind === 'bare', range);
    const end = range[0] + assignment.value.length;
    const isMatch = isSecret(assignment);
    if (isMatch) yield [range[0], kind === 'bare' ? endOfWord(text, end, range[1]) : end];
    // A reference may contain a name and its value: `${PASSWORD:-…}`.
    search.lastIndex = isMatch ? end : Math.max(range[0], match.index + 1);
  }
}

/** The end of a value that is longer than the matched part; the whole value is secret. */
function endOfWord(text: string, end: number, searched: number): number {
  if (end < searched || !/^[^\s"'`\\\0<>]/.test(text.slice(end, end + 1))) return end;
  const rest = /[\s"'`\\\0<>]/g;
  rest.lastIndex = end;
  return rest.exec(text)?.index ?? text.length;
}

function readAssignment(
  text: string,
  match: RegExpExecArray,
  isBare: boolean,
  range: Range,
): Assignment {
  const groups = match.groups ?? {};
  const matched = text.slice(...range);
  const value = isBare ? withoutPunctuation(matched) : matched;
  const before = text.slice(Math.max(0, match.index - 80), match.index);
  const start = /[\w.$-]*$/.exec(before)?.[0] ?? '';
  const lead = before.slice(0, before.length - start.length);
  const end = range[0] + value.length;
  const signed = text.slice(match.index, range[0]).replace(/["'`\\]+$/, '');
  return {
    name: start + (groups.name ?? '').replace(' ', '_'),
    value,
    isQuoted: !isBare,
    sign: signOf(groups),
    isTight: groups.gap === '' && /[\w-]=$/.test(signed),
    isNextLine: groups.gap?.includes('\n') ?? false,
    lead,
    rest: /^[^\n\0]*/.exec(text.slice(end, end + 40))?.[0] ?? '',
  };
}

type Sign = 'assigned' | 'cell' | 'element' | 'entry' | 'blank';

const signOf = (groups: Readonly<Record<string, string | undefined>>): Sign =>
  (['assigned', 'cell', 'element', 'entry'] as const).find((sign) => groups[sign] !== undefined) ??
  'blank';

type Assignment = {
  readonly name: string;
  readonly value: string;
  readonly isQuoted: boolean;
  readonly sign: Sign;
  /** `NAME=value` without spaces, as in `.env` files. */
  readonly isTight: boolean;
  readonly isNextLine: boolean;
  /** The text before the name. */
  readonly lead: string;
  /** The rest of the line after the value. */
  readonly rest: string;
};

function isSecret(assignment: Assignment): boolean {
  const { name, value, sign } = assignment;
  if (value === '' || isPlaceholder(value)) return false;
  if (/^(?:OLD)?PWD$/.test(name)) return false;
  if (assignment.isNextLine && (/[:=]/.test(value) || !hasDigit(value) || value.length < 6))
    return false;
  if (sign === 'cell' && !/\|[ \t"'`*\\]*$/.test(assignment.lead)) return false;
  if (sign === 'element' && !/<(?:\w{1,40}:)?$/.test(assignment.lead)) return false;
  if (sign === 'blank' && !/\b(?:ENV|ARG|setx?|setenv|SetEnv)[ \t]+["']?$/.test(assignment.lead))
    return false;
  if (/\bcase[ \t]+$/.test(assignment.lead)) return false;
  // `process.env.NAME` counts as a name in capitals.
  return /^[^a-z]+$/.test(name.replace(/^.*\./, ''))
    ? isSecretInUpperCase(assignment)
    : isSecretInLowerCase(assignment);
}

/** Names of metadata about a secret, such as `TOKEN_URL`. */
const METADATA =
  /_(?:COUNT|LIMIT|NAME|FILE|PATH|DIR|URL|URI|TTL|LENGTH|SIZE|EXPIRY|EXPIRES|HEADER|TYPE|ENDPOINT|REF|ARN|VERSION|MIN|MAX|BUDGET|POLICY|ALGORITHM)\d*$/;
/** Token counts of language models, such as `MAX_TOKENS`. */
const isTokenCount = (name: string, value: string): boolean =>
  /tokens?/i.test(name) &&
  /^\d{1,9}$/.test(value) &&
  (/tokens$/i.test(name) || /(?:max|min|num|count|limit|total|input|output|budget)/i.test(name));

function isSecretInUpperCase({ name, value, sign, ...context }: Assignment): boolean {
  if (isTokenCount(name, value)) return false;
  if (METADATA.test(name) && (value.length < 6 || /^[./~]/.test(value))) return false;
  if (isKeyword(value)) return false;
  if (context.isTight) return !/^[A-Za-z_$][\w.$]*\(\)$/.test(value);
  if (context.isQuoted && sign !== 'cell') return true;
  if (/^\w[\w.$]*\(/.test(value) || /^(?:\[|\{)/.test(value)) return false;
  if (sign === 'cell') return !isPlainWord(value) && /^[`"'*]{0,3}\s*(?:\||$)/.test(context.rest);
  if (sign === 'element') return true;
  // A short word followed by other words is the beginning of a sentence.
  const isAlone = /^[,;)\]}]?\s*(?:$|#|\/\/|["'`\\])/.test(context.rest);
  return value.length >= 6 || (isAlone && !/^\d+$/.test(value));
}

function isSecretInLowerCase({ name, value, ...context }: Assignment): boolean {
  if (
    !/(?:secrets?|passwords?|passwd|passphrase|passcode|token|credentials?|pass|pwd|key)\d{0,3}$/i.test(
      name,
    )
  )
    return false;
  if (/(?:^|[a-z])(?:pass|pat)$/i.test(name) && !/[_.-]pass$/i.test(name)) return false;
  if (value.length < 6 || isPlainWord(value) || isCode(value, context.rest)) return false;
  if (/pwd$/i.test(name) && /^[/~]|^\w:\\/.test(value)) return false;
  const [word = ''] = value.split(/\s/, 1);
  if (word.length >= 6 && (hasDigit(word) || word.length >= 24)) return true;
  if (word !== value || context.sign === 'cell' || context.sign === 'blank') return false;
  // Without a digit, it may be a word of code or of a sentence; only the surrounding text can tell.
  const isPassword =
    /(?:pass|pwd|secret)/i.test(name) && !/(?:pass|pwd|secret|token|key)/i.test(value);
  if (!isPassword || /[a-z][A-Z]/.test(value)) return false;
  if (context.sign === 'element' || context.sign === 'entry' || context.isQuoted) return true;
  const isAlone = /^\s*(?:$|#|["'`\\])/.test(context.rest);
  const isCompound = /[_.-]/.test(name);
  if (context.isTight) return isCompound || isAlone || /^[;&]/.test(context.rest);
  return (
    isAlone &&
    (isCompound || /(?:^|[\n\0"'`])[ \t]*(?:[-*>|][ \t]+)?["'`*]{0,3}$/.test(context.lead))
  );
}

const hasDigit = (value: string): boolean => /\d/.test(value);
