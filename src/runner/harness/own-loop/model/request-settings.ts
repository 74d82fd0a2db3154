/** What a workflow's model parameters mean for a request. Values come as text. */
export type RequestSettings = {
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxOutputTokens?: number;
  readonly seed?: number;
  readonly reasoning?: Effort;
  /** Of the model, where the person knows it better than we do. */
  readonly contextTokens?: number;
  /** For the body of the request as they are: each server has parameters of its own. */
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

/** Names are known in every spelling: `top_p`, `topP`. */
export function requestSettings(
  parameters: Readonly<Record<string, string>> | undefined,
): RequestSettings {
  const known: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(parameters ?? {})) {
    const plain = name.toLowerCase().replace(/[_-]/g, '');
    const value = parsedValue(text);
    const effort = EFFORTS.find((one) => one === text);
    if (Object.hasOwn(NUMBERS, plain) && typeof value === 'number')
      // `hasOwn` has just said so.
      known[NUMBERS[plain as keyof typeof NUMBERS]] = value;
    else if (EFFORT_NAMES.has(plain) && effort !== undefined) known.reasoning = effort;
    else others[name] = value;
  }
  return { ...known, others };
}

/** A number, a truth value or an object, where the text is one. */
function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
