import { THREAD_VARIABLE } from '../../harness.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Ours, and those of services that offer models: what an agent starts has no business with their keys. */
const HIDDEN =
  /^(CURSOR|CEREVISOR|ANTHROPIC|CLAUDE|OPENAI|CODEX|OPENROUTER|GEMINI|GOOGLE_GENERATIVE_AI|MISTRAL|GROQ|DEEPSEEK|XAI|TOGETHER|FIREWORKS|COHERE|PERPLEXITY|AZURE_OPENAI)_|^(NODE_CHANNEL_|NODE_UNIQUE_ID$)/i;

/** What the person's shell has, without such keys, for programs that an agent starts. */
export const childEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || (HIDDEN.test(name) && name !== THREAD_VARIABLE) ? [] : [[name, value]],
    ),
  );
