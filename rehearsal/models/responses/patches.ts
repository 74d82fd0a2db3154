import type { Conversation } from '../conversation.ts';
import type { ToolUse } from '../toolbox.ts';

/** Returns the change as a patch for Codex's `apply_patch`; `undefined` if a patch cannot express it. */
export function patchFor(use: ToolUse, conversation: Conversation): string | undefined {
  switch (use.kind) {
    case 'write':
      return endsWithNewline(use.text)
        ? patch(`Add File: ${use.path}`, added(use.text))
        : undefined;
    case 'delete':
      return patch(`Delete File: ${use.path}`, []);
    case 'edit': {
      const lines = changedLines(use, latestResultWith(conversation, use.before));
      return lines === undefined ? undefined : patch(`Update File: ${use.path}`, ['@@', ...lines]);
    }
    default:
      return undefined;
  }
}

const patch = (head: string, lines: readonly string[]): string =>
  ['*** Begin Patch', `*** ${head}`, ...lines, '*** End Patch'].join('\n');

/** A patch consists of complete lines. */
const endsWithNewline = (text: string): boolean => text.endsWith('\n');

const added = (text: string): readonly string[] =>
  text
    .slice(0, -1)
    .split('\n')
    .map((line) => `+${line}`);

/**
 * The latest result that contains the text, usually from reading the file just before. In later requests, where more
 * results follow, it is still found, so that the replay makes the same calls.
 */
const latestResultWith = ({ turns }: Conversation, text: string): string =>
  turns.at(-1)?.calls.findLast(({ result }) => result.includes(text))?.result ?? '';

function changedLines(
  { before, after }: { readonly before: string; readonly after: string },
  content: string,
): readonly string[] | undefined {
  const location = before === '' ? -1 : content.indexOf(before);
  if (location === -1) return undefined;
  const shorten = content.lastIndexOf('\n', location) + 1;
  const next = content.indexOf('\n', location + before.length);
  const end = next === -1 ? content.length : next;
  const old = content.slice(shorten, end);
  const changed = `${content.slice(shorten, location)}${after}${content.slice(location + before.length, end)}`;
  return [
    ...old.split('\n').map((line) => `-${line}`),
    ...changed.split('\n').map((line) => `+${line}`),
  ];
}
