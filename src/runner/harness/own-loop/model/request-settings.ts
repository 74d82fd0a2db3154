/** The request settings from a workflow's model parameters, whose values are strings. */
export type RequestSettings = {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  readonly seed?: number;
  readonly reasoning?: Effort;
  /** Context length set by the user. */
  readonly contextTokens?: number;
  /** Other parameters, passed on in the body of the request: each server has its own. */
  readonly others: Readonly<Record<string, unknown>>;
};

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type Effort = (typeof EFFORTS)[number];

const NUMBERS = {
  temperature: 'temperature',
  topp: 'topP',
  maxtokens: 'maxOutputTokens',
  maxoutputtokens: 'maxOutputTokens',
  maxcompletiontokens: 'maxOutputTokens',
  seed: 'seed',
  context: 'contextTokens',
  contexttokens: 'contextTokens',
  contextwindow: 'contextTokens',
} as const;
const EFFORT_NAMES: ReadonlySet<string> = new Set(['effort', 'reasoning', 'reasoningeffort']);

/** Accepts any spelling of the names: `top_p`, `topP`. */
export function requestSettings(
  parameters: Readonly<Record<string, string>> | undefined,
): RequestSettings {
  const known: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(parameters ?? {})) {
    const normalizedName = name.toLowerCase().replace(/[_-]/g, '');
    const value = parsedValue(text);
    const effort = EFFORTS.find((one) => one === text);
    if (Object.hasOwn(NUMBERS, normalizedName) && typeof value === 'number')
      // `hasOwn` has just confirmed it.
      known[NUMBERS[normalizedName as keyof typeof NUMBERS]] = value;
    else if (EFFORT_NAMES.has(normalizedName) && effort !== undefined) known.reasoning = effort;
    else others[name] = value;
  }
  return { ...known, others };
}

/** A number, boolean or object if the text is one. */
function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
