import { isBlank } from '../../lib/blank.ts';

/** Parts of prompts as Markdown. Content inside them cannot break out of its fence. */

export function section(title: string, body: string): string {
  return isBlank(body) ? '' : `## ${title}\n\n${body.trim()}`;
}

/** A fence longer than any run of backticks inside, so that the content cannot end it. */
export function fence(content: string, label: string): string {
  const ticks = '`'.repeat(Math.max(2, longestTicks(content)) + 1);
  return `${ticks}${label}\n${content}\n${ticks}`;
}

/** A name in code quotes, on one line: agents choose names of branches and files. */
export function code(name: string): string {
  const text = oneLine(name);
  const ticks = '`'.repeat(longestTicks(text) + 1);
  return `${ticks}${text}${ticks}`;
}

export const oneLine = (text: string): string => text.split(/\s+/).join(' ');

/** Length of the longest run of backticks. Counted in a loop: an output may have more runs than a call has arguments. */
function longestTicks(text: string): number {
  let longest = 0;
  for (const [turn] of text.matchAll(/`+/g)) longest = Math.max(longest, turn.length);
  return longest;
}
