import { THREAD_VARIABLE } from '../../harness.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Our variables, and keys of model providers, which the agent's processes do not need. */
const HIDDEN =
  /^(CURSOR|CEREVISOR|ANTHROPIC|CLAUDE|OPENAI|CODEX|OPENROUTER|GEMINI|GOOGLE_GENERATIVE_AI|MISTRAL|GROQ|DEEPSEEK|XAI|TOGETHER|FIREWORKS|COHERE|PERPLEXITY|AZURE_OPENAI)_|^(NODE_CHANNEL_|NODE_UNIQUE_ID$)/i;

/** The environment for programs that an agent starts: that of the user's shell without these variables. */
export const childEnvironment = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value === undefined || (HIDDEN.test(name) && name !== THREAD_VARIABLE) ? [] : [[name, value]],
    ),
  );
