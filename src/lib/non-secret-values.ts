/** Values in the position of a secret that are not secret: references, placeholders, words of code and of sentences. */

const PLACEHOLDERS: readonly RegExp[] = [
  // Variables of shells, templates and batch files. A password may start with the same characters.
  /^\$(?:env:)?(?:[A-Z][A-Z0-9_]*|[A-Za-z_]+)$/,
  /^\$\{\{/,
  /^\$\{[\w.]*(?:\}|$)/,
  /^\$\{[\w.:?-]*\}?$/,
  /^\$\(/,
  /^\$\{[^}]*\}$/,
  /^%[A-Za-z_]\w*%$/,
  /^%[-+.\d]*[a-zA-Z]$/,
  /^\{\{?[^{}]*(?:\}|$)/,
  /^<[^>]*>?$/,
  /^\[redacted/i,
  /^([*x.•…_\-#?])\1*$/i,
  /^\.{3}/,
  /^\*{3}/,
  // Where code or configuration reads the secret from.
  /^(?:process|os|env|import|secrets?|vault|config|settings|this|self|args|options|props)(?:\.[a-z_]|\[|\()/i,
  /^(?:vault|arn|ssm|file|op|sops|gcp|awssm|keyring|keychain):/i,
  /^your(?:$|[-_ ])/i,
];

const KEYWORDS = new Set(
  'null none nil undefined true false yes no on off string number boolean unknown any never void str int bytes required optional'.split(
    ' ',
  ),
);
const PLAIN_WORDS = new Set(
  (
    'strings bool bigint object char text ' +
    'buffer symbol missing invalid incorrect expired changed unchanged empty unset revoked inherit hidden masked ' +
    'default example value values prompt reset forgot update updated rejected accepted correct wrong generated disabled enabled ' +
    'token tokens password passwords secret secrets credential credentials header headers authentication authorization scheme schema'
  ).split(' '),
);

/** Whether a value is a reference to a secret, or a placeholder for one. */
export const isPlaceholder = (value: string): boolean =>
  PLACEHOLDERS.some((shape) => shape.test(value));

/** Whether a value is a keyword for an absent value, or for a type. */
export const isKeyword = (value: string): boolean => KEYWORDS.has(value.toLowerCase());

/** Whether a value is a word that often follows such a name in sentences and code. */
export const isPlainWord = (value: string): boolean =>
  isKeyword(value) || PLAIN_WORDS.has(value.toLowerCase());

/** Whether a value is a call, a member access, a list or an object in code. */
export const isCode = (value: string, rest: string): boolean =>
  /^[\w.$?]{1,200}\(/.test(value) ||
  /^[[{(]/.test(value) ||
  (/^[A-Za-z_$]+(?:\??\.[A-Za-z_$][\w$]*)+$/.test(value) && !/\d{2}/.test(value)) ||
  (/^[A-Za-z_$]+$/.test(value) && /^\(|^[,;]?\s*(?:\}|\/\/)/.test(rest));

/** An unquoted value without trailing punctuation that belongs to the surrounding text. */
export const withoutPunctuation = (value: string): string =>
  value.replace(/[,;.)\]}>|*]{1,20}$/, (end) => {
    const opened = value.slice(0, -end.length);
    return end.startsWith(')') && /^[^()]*\([^()]*$/.test(opened) ? ')' : '';
  });
