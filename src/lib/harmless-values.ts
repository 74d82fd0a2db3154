/** What stands where a secret could stand, and is none: references to one, gaps to fill, words of code and of sentences. */

const PLACEHOLDERS: readonly RegExp[] = [
  // Variables of shells, templates and batch files; a password may begin with the same signs.
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
  // Where the secret is, and where code finds it.
  /^(?:process|os|env|import|secrets?|vault|config|settings|this|self|args|options|props)(?:\.[a-z_]|\[|\()/i,
  /^(?:vault|arn|ssm|file|op|sops|gcp|awssm|keyring|keychain):/i,
  /^your(?:$|[-_ ])/i,
];

const NOTHING = new Set(
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

/** A reference or a gap to fill. */
export const isPlaceholder = (value: string): boolean =>
  PLACEHOLDERS.some((shape) => shape.test(value));

/** A word that says that there is no secret, or of which type one is. */
export const isNothing = (value: string): boolean => NOTHING.has(value.toLowerCase());

/** A word that sentences and code put behind such a name. */
export const isPlainWord = (value: string): boolean =>
  isNothing(value) || PLAIN_WORDS.has(value.toLowerCase());

/** A call, a member, a list or an object in code. */
export const isCode = (value: string, rest: string): boolean =>
  /^[\w.$?]{1,200}\(/.test(value) ||
  /^[[{(]/.test(value) ||
  (/^[A-Za-z_$]+(?:\??\.[A-Za-z_$][\w$]*)+$/.test(value) && !/\d{2}/.test(value)) ||
  (/^[A-Za-z_$]+$/.test(value) && /^\(|^[,;]?\s*(?:\}|\/\/)/.test(rest));

/** A bare value without the signs behind it that belong to the text around. */
export const withoutPunctuation = (value: string): string =>
  value.replace(/[,;.)\]}>|*]{1,20}$/, (end) => {
    const opened = value.slice(0, -end.length);
    return end.startsWith(')') && /^[^()]*\([^()]*$/.test(opened) ? ')' : '';
  });
