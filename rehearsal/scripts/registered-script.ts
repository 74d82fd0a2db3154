import { z } from 'zod';
import { parseScript } from '../agent/script.ts';

const match = z.strictObject({
  /** Id or name of the agent. */
  agent: z.string().min(1).optional(),
  /** Part of the prompt; `*` matches anything, and case is ignored. */
  text: z.string().min(1).max(10_000).optional(),
  /** Number of the first matching prompt to script, counted from 1. */
  nth: z.int().min(1).optional(),
  /** Maximum number of prompts to script: 1 if `nth` is set, otherwise unlimited. */
  times: z.int().min(1).optional(),
});

/** Body of `POST /rehearsal/scripts`. */
export const scriptBody = z
  .strictObject({
    match: match.default({}),
    /** Instructions as in a `rehearse` block; without them, the agent does its usual work. */
    script: z.string().max(1_000_000).optional(),
    /** The exact text of the last message. */
    answer: z.string().min(1).max(1_000_000).optional(),
  })
  .refine(({ script, answer }) => script !== undefined || answer !== undefined, {
    message: 'Provide a script, an answer, or both',
  })
  .superRefine(({ script }, context) => {
    const parsed = script === undefined ? undefined : parseScript(script);
    if (parsed === undefined || parsed.ok) return;
    context.addIssue({ code: 'custom', path: ['script'], message: parsed.message });
  });

export type ScriptBody = z.infer<typeof scriptBody>;
export type ScriptMatch = z.infer<typeof match>;

export type RegisteredScript = ScriptBody & {
  readonly id: string;
  /** Number of prompts that matched, and of those that it scripted. */
  readonly seen: number;
  readonly fired: number;
};

export type Prompt = {
  readonly agentId: string;
  readonly agentName: string;
  readonly text: string;
};

/** Whether a script matches this prompt. `shouldFire` checks its counters. */
export function matchesPrompt(script: ScriptMatch, prompt: Prompt): boolean {
  const { agent, text } = script;
  if (agent !== undefined && agent !== prompt.agentId && agent !== prompt.agentName) return false;
  return text === undefined || containsInOrder(prompt.text.toLowerCase(), text.toLowerCase());
}

function containsInOrder(text: string, pattern: string): boolean {
  let position = 0;
  for (const part of pattern.split('*')) {
    const index = text.indexOf(part, position);
    if (index === -1) return false;
    position = index + part.length;
  }
  return true;
}
