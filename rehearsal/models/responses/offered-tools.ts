import type { OfferedTool } from '../conversation.ts';
import { itemsOf, type ResponsesRequest, type ToolEntry } from './request.ts';

/** Separates the namespace of a tool from its name. */
export const NAMESPACE_SEPARATOR = '.';
/** Prefix of the name of a tool that only scripts can call. */
export const NESTED_PREFIX = 'nested:';

/**
 * The tools of a request: those in namespaces as `namespace.name`, and those that a script for Codex's `exec` can call,
 * which are listed only in its description, as `nested:name`.
 */
export function offeredTools(request: ResponsesRequest): readonly OfferedTool[] {
  const listed = itemsOf(request).flatMap(({ type, tools }) =>
    type === 'additional_tools' ? (tools ?? []) : [],
  );
  return [...(request.tools ?? []), ...listed].flatMap((tool) => flattenTool(tool));
}

function flattenTool(tool: ToolEntry, namespace = ''): readonly OfferedTool[] {
  const name = tool.name ?? tool.type;
  if (tool.type === 'namespace') return toolsIn(tool).flatMap((inner) => flattenTool(inner, name));
  const own = {
    name: `${namespace}${namespace === '' ? '' : NAMESPACE_SEPARATOR}${name}`,
    schema: tool.parameters,
  };
  return [own, ...nestedIn(tool)];
}

const toolsIn = ({ tools }: ToolEntry): readonly ToolEntry[] =>
  Array.isArray(tools) ? tools.filter(isTool) : [];

const isTool = (value: unknown): value is ToolEntry =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

function nestedIn({ type, description }: ToolEntry): readonly OfferedTool[] {
  if (type !== 'custom' || typeof description !== 'string') return [];
  return [...description.matchAll(/^### `(\w+)`/gm)].map(([, name = '']) => ({
    name: `${NESTED_PREFIX}${name}`,
  }));
}
