/** Suggestions for the command line, and what the app offers instead. */
const commandTexts: readonly (readonly [daemonText: string, inApp: string])[] = [
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
  ['set "allowNoRepository" to true', 'turn on Run without a repository'],
  ['are found with `cerevisor orphans`', 'are offered under Cloud Sessions'],
  [
    'List the agents that can be adopted with `cerevisor orphans`.',
    'The agents that can be adopted are listed under Cloud Sessions.',
  ],
  [', in the app or with `cerevisor follow-up`.', '.'],
  ['run `cerevisor doctor`', 'use Detect under Settings > Providers'],
  ['Run `cerevisor doctor`', 'Use Detect under Settings > Providers'],
  ['`cerevisor doctor` says', 'Detect under Settings > Providers says'],
];

/** Fields of a workflow file, and their labels in the app. */
const fieldNames: readonly (readonly [inFile: string, inApp: string])[] = [
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

/** Commands with arguments. */
const patterns: readonly (readonly [daemonText: RegExp, inApp: string])[] = [
  [/,? or with \\?`cerevisor (?:providers|auth) [^`]*`/g, ''],
  [/Answer with \\?`cerevisor answer [^`]*`, or \\?`deny\\?`\./g, 'Open the session to answer.'],
  [/Raise it with \\?`cerevisor budget [^`]*`/g, 'Raise it in the session'],
];

/** Rewrites a suggestion of the daemon for the app. What only a terminal can do stays as it is. */
export function toAppSuggestion(advice: string): string {
  const text = [...commandTexts, ...fieldNames].reduce(
    (before, [daemonText, inApp]) => before.replaceAll(daemonText, inApp),
    advice,
  );
  return patterns.reduce((before, [daemonText, inApp]) => before.replace(daemonText, inApp), text);
}
