import {
  isCode,
  isNothing,
  isPlaceholder,
  isPlainWord,
  withoutPunctuation,
} from './harmless-values.ts';
import type { Range } from './plain-view.ts';

/*
 * Values that have a name which says that they are secret: `DB_PASSWORD=…`, `password: …`, `<password>…</password>`,
 * a row of a table. Each search begins at such a word and reaches a bounded way, so that the time grows with the text alone.
 */

const WORD =
  '(?:secret|password|passwd|passphrase|passcode|token|credential|(?<=[a-z0-9_.-])_?(?:pass|pwd|pat)|(?<![a-z0-9])pwd|(?:api|access|secret|private|encryption|signing|auth|master|service|account|deploy|client|session)[ _-]?key)s?\\d{0,3}';
const SUFFIX = '(?:[_-][a-z0-9]{1,20}){0,3}';
const CLOSING = '[ \\t"\'\\\\`*\\]]{0,6}';
/** How a name and its value are put together. */
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

/** Where in a text values stand whose names say that they are secret. */
export function* assignedSecrets(text: string): Generator<Range> {
  const search = new RegExp(ASSIGNMENT);
  for (let match = search.exec(text); match !== null; match = search.exec(text)) {
    const groups = match.groups ?? {};
    const kind = (['double', 'single', 'escaped', 'ticked', 'bare'] as const).find(
      (each) => groups[each] !== undefined,
    );
    const range = kind && match.indices?.groups?.[kind];
    if (kind === undefined || range === undefined) continue;
    const found = assignment(text, match, kind === 'bare', range);
    const end = range[0] + found.value.length;
    if (isSecret(found)) yield [range[0], kind === 'bare' ? endOfWord(text, end, range[1]) : end];
    // A reference may hold a name and its value: `${PASSWORD:-…}`.
    search.lastIndex = isSecret(found) ? end : Math.max(range[0], match.index + 1);
  }
}

/** A value of which only the beginning was looked at is secret as a whole. */
function endOfWord(text: string, end: number, searched: number): number {
  if (end < searched || !/^[^\s"'`\\\0<>]/.test(text.slice(end, end + 1))) return end;
  const rest = /[\s"'`\\\0<>]/g;
  rest.lastIndex = end;
  return rest.exec(text)?.index ?? text.length;
}

function assignment(
  text: string,
  match: RegExpExecArray,
  isBare: boolean,
  range: Range,
): Assignment {
  const groups = match.groups ?? {};
  const given = text.slice(...range);
  const value = isBare ? withoutPunctuation(given) : given;
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
  /** `NAME=value`, as files of variables have it. */
  readonly isTight: boolean;
  readonly isNextLine: boolean;
  /** What stands before the name. */
  readonly lead: string;
  /** What follows the value on its line. */
  readonly rest: string;
};

function isSecret(found: Assignment): boolean {
  const { name, value, sign } = found;
  if (value === '' || isPlaceholder(value)) return false;
  if (/^(?:OLD)?PWD$/.test(name)) return false;
  if (found.isNextLine && (/[:=]/.test(value) || !hasDigit(value) || value.length < 6))
    return false;
  if (sign === 'cell' && !/\|[ \t"'`*\\]*$/.test(found.lead)) return false;
  if (sign === 'element' && !/<(?:\w{1,40}:)?$/.test(found.lead)) return false;
  if (sign === 'blank' && !/\b(?:ENV|ARG|setx?|setenv|SetEnv)[ \t]+["']?$/.test(found.lead))
    return false;
  if (/\bcase[ \t]+$/.test(found.lead)) return false;
  // `process.env.NAME` is a name in capitals too.
  return /^[^a-z]+$/.test(name.replace(/^.*\./, ''))
    ? isSecretInCapitals(found)
    : isSecretInSmall(found);
}

/** Names of what is told about a secret, and of numbers of the tokens that models read. */
const ABOUT =
  /_(?:COUNT|LIMIT|NAME|FILE|PATH|DIR|URL|URI|TTL|LENGTH|SIZE|EXPIRY|EXPIRES|HEADER|TYPE|ENDPOINT|REF|ARN|VERSION|MIN|MAX|BUDGET|POLICY|ALGORITHM)\d*$/;
const isCountOfTokens = (name: string, value: string): boolean =>
  /tokens?/i.test(name) &&
  /^\d{1,9}$/.test(value) &&
  (/tokens$/i.test(name) || /(?:max|min|num|count|limit|total|input|output|budget)/i.test(name));

function isSecretInCapitals({ name, value, sign, ...found }: Assignment): boolean {
  if (isCountOfTokens(name, value)) return false;
  if (ABOUT.test(name) && (value.length < 6 || /^[./~]/.test(value))) return false;
  if (isNothing(value)) return false;
  if (found.isTight) return !/^[A-Za-z_$][\w.$]*\(\)$/.test(value);
  if (found.isQuoted && sign !== 'cell') return true;
  if (/^\w[\w.$]*\(/.test(value) || /^(?:\[|\{)/.test(value)) return false;
  if (sign === 'cell') return !isPlainWord(value) && /^[`"'*]{0,3}\s*(?:\||$)/.test(found.rest);
  if (sign === 'element') return true;
  // A short word with others behind it is the beginning of a sentence.
  const isAlone = /^[,;)\]}]?\s*(?:$|#|\/\/|["'`\\])/.test(found.rest);
  return value.length >= 6 || (isAlone && !/^\d+$/.test(value));
}

function isSecretInSmall({ name, value, ...found }: Assignment): boolean {
  if (
    !/(?:secrets?|passwords?|passwd|passphrase|passcode|token|credentials?|pass|pwd|key)\d{0,3}$/i.test(
      name,
    )
  )
    return false;
  if (/(?:^|[a-z])(?:pass|pat)$/i.test(name) && !/[_.-]pass$/i.test(name)) return false;
  if (value.length < 6 || isPlainWord(value) || isCode(value, found.rest)) return false;
  if (/pwd$/i.test(name) && /^[/~]|^\w:\\/.test(value)) return false;
  const [word = ''] = value.split(/\s/, 1);
  if (word.length >= 6 && (hasDigit(word) || word.length >= 24)) return true;
  if (word !== value || found.sign === 'cell' || found.sign === 'blank') return false;
  // Without a digit it may be a word of code or of a sentence, so that what stands around it has to tell.
  const isPassword =
    /(?:pass|pwd|secret)/i.test(name) && !/(?:pass|pwd|secret|token|key)/i.test(value);
  if (!isPassword || /[a-z][A-Z]/.test(value)) return false;
  if (found.sign === 'element' || found.sign === 'entry' || found.isQuoted) return true;
  const isAlone = /^\s*(?:$|#|["'`\\])/.test(found.rest);
  const isCompound = /[_.-]/.test(name);
  if (found.isTight) return isCompound || isAlone || /^[;&]/.test(found.rest);
  return (
    isAlone && (isCompound || /(?:^|[\n\0"'`])[ \t]*(?:[-*>|][ \t]+)?["'`*]{0,3}$/.test(found.lead))
  );
}

const hasDigit = (value: string): boolean => /\d/.test(value);
