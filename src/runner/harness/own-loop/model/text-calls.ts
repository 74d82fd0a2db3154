import { fieldsOf } from '../../../../lib/fields.ts';

type TextCall = { readonly name: string; readonly input: unknown };

const BLOCKS = /<tool_call>\s*([\s\S]*?)\s*<\/tool_call>/g;

/**
 * Tool calls that a model has written into its text, because the server does not know its way of making them (Qwen,
 * Hermes). Only whole blocks with a known tool count: anything else is text.
 */
export function callsInText(
  text: string,
  isKnown: (name: string) => boolean,
): { readonly calls: readonly TextCall[]; readonly rest: string } {
  const calls: TextCall[] = [];
  const rest = text.replace(BLOCKS, (block: string, json: string) => {
    const call = callIn(json);
    if (call === null || !isKnown(call.name)) return block;
    calls.push(call);
    return '';
  });
  return { calls, rest: calls.length === 0 ? text : rest.trim() };
}

function callIn(json: string): TextCall | null {
  try {
    const { name, arguments: input, parameters } = fieldsOf(JSON.parse(json));
    if (typeof name !== 'string') return null;
    const given = input ?? parameters ?? {};
    return { name, input: typeof given === 'string' ? JSON.parse(given) : given };
  } catch {
    return null; // Not a call, then.
  }
}
