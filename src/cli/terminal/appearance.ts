/** What a stream supports. Determined once from the environment, then passed on. */
export type Appearance = {
  /** A user is present, so lines may be redrawn and questions asked. */
  readonly isInteractive: boolean;
  readonly color: boolean;
  readonly unicode: boolean;
};

export type Environment = Readonly<Record<string, string | undefined>>;

const isSet = (value: string | undefined): value is string => value !== undefined && value !== '';

/**
 * NO_COLOR (https://no-color.org) takes precedence over FORCE_COLOR; a dumb terminal or a CI job never redraws.
 * @example appearanceOf({ isTTY: true }, { TERM: 'xterm', LANG: 'en_US.UTF-8' }, 'linux')
 */
export function appearanceOf(
  stream: { readonly isTTY?: boolean | undefined },
  environment: Environment,
  platform: string,
): Appearance {
  const isTerminal = stream.isTTY === true;
  const isDumb = environment.TERM === 'dumb';
  const isCi = isSet(environment.CI) && environment.CI !== 'false' && environment.CI !== '0';
  return {
    isInteractive: isTerminal && !isDumb && !isCi,
    color: wantsColor(isTerminal && !isDumb, environment),
    unicode: hasUnicode(environment, platform),
  };
}

function wantsColor(isCapable: boolean, environment: Environment): boolean {
  if (isSet(environment.NO_COLOR)) return false;
  if (isSet(environment.FORCE_COLOR)) return environment.FORCE_COLOR !== '0';
  return isCapable;
}

function hasUnicode(environment: Environment, platform: string): boolean {
  if (platform === 'win32') return isSet(environment.WT_SESSION) || isSet(environment.TERM_PROGRAM);
  // The Linux console cannot show the braille characters of the spinner.
  if (environment.TERM === 'linux') return false;
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find(isSet);
  if (locale === undefined) return platform === 'darwin';
  return /utf-?8/i.test(locale);
}
