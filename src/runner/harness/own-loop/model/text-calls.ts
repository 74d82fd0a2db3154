import { fieldsOf } from '../../../../lib/fields.ts';

type TextCall = { readonly name: string; readonly input: unknown };

const BLOCKS = /<tool_call>\s*([\s\S]*?)\s*<\/tool_call>/g;

/**
 * Finds tool calls in the text of a model, for servers that do not parse the model's format (Qwen, Hermes). Only
 * complete blocks with a known tool count; anything else is text.
 */
export function callsInText(
  text: string,
  isKnown: (name: string) => boolean,
): { readonly calls: readonly TextCall[]; readonly rest: string } {
  const calls: TextCall[] = [];
  const rest = text.replace(BLOCKS, (block: string, json: string) => {
    const call = parseCall(json);
    if (call === null || !isKnown(call.name)) return block;
    calls.push(call);
    return '';
  });
  return { calls, rest: calls.length === 0 ? text : rest.trim() };
}

function parseCall(json: string): TextCall | null {
  try {
    const { name, arguments: input, parameters } = fieldsOf(JSON.parse(json));
    if (typeof name !== 'string') return null;
    const args = input ?? parameters ?? {};
    return { name, input: typeof args === 'string' ? JSON.parse(args) : args };
  } catch {
    return null; // Not a tool call.
  }
}
