/** What the daemon says to do on the command line, and where the app has it. */
const places: readonly (readonly [said: string, inApp: string])[] = [
  [' (Settings > Providers, or `cerevisor auth set`)', ' under Settings > Providers'],
  ['Set a key with `cerevisor auth set`.', 'Set a key under Settings > Providers.'],
  ['Set another key with `cerevisor auth set`.', 'Set another key under Settings > Providers.'],
  [', or, on the command line, with --repo URL', ''],
  [', or, on the command line, with --folder DIR', ''],
  [
    'Activate a license key: cerevisor license activate KEY.',
    'Activate a license key under Settings > Subscription.',
  ],
  ['List them with `cerevisor sessions --all`.', 'They are listed under Sessions.'],
  ['Answer with `cerevisor approve` or `cerevisor reject`.', 'Open the session to answer.'],
  ['Set "budgetTokens" to', 'Set a token budget to'],
  ['are found with `cerevisor orphans`', 'are offered under Cloud Sessions'],
  ['run `cerevisor doctor`', 'use Detect under Settings > Providers'],
  ['Run `cerevisor doctor`', 'Use Detect under Settings > Providers'],
  ['`cerevisor doctor` says', 'Detect under Settings > Providers says'],
];

/** Fields of a workflow file, and what they are called where one fills them in. */
const fields: readonly (readonly [inFile: string, inApp: string])[] = [
  ['"loopCondition"', '"Exit condition"'],
  ['"maxIterations"', '"Maximum rounds"'],
  ['"condition"', '"Condition"'],
  ['an "expression"', 'an "Expression"'],
  ['"isElse"', '"Else branch"'],
  ['"flowType"', '"Flow type"'],
  ['"handoffFormat"', '"Hand-off format"'],
  ['"handoffSchema"', '"Hand-off schema"'],
  ['"structured-json"', '"Structured JSON"'],
];

/** The same for commands with words of their own in them. */
const patterns: readonly (readonly [said: RegExp, inApp: string])[] = [
  [/,? or with \\?`cerevisor (?:providers|auth) [^`]*`/g, ''],
  [/Answer with \\?`cerevisor answer [^`]*`, or \\?`deny\\?`\./g, 'Open the session to answer.'],
  [/Raise it with \\?`cerevisor budget [^`]*`/g, 'Raise it in the session'],
];

/** Advice of the daemon as it is followed in the app; what only a terminal can do stays as it is. */
export function appAdvice(advice: string): string {
  const text = [...places, ...fields].reduce(
    (before, [said, inApp]) => before.replaceAll(said, inApp),
    advice,
  );
  return patterns.reduce((before, [said, inApp]) => before.replace(said, inApp), text);
}
