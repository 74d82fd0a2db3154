import { isBlank } from '../../lib/blank.ts';

/** Parts of prompts as Markdown. Content cannot break out of its fence. */

export function section(title: string, body: string): string {
  return isBlank(body) ? '' : `## ${title}\n\n${body.trim()}`;
}

/** A fence longer than any run of backticks inside, so that the content cannot end it. */
export function fence(content: string, label: string): string {
  const ticks = '`'.repeat(Math.max(2, longestTicks(content)) + 1);
  return `${ticks}${label}\n${content}\n${ticks}`;
}

/** A name as inline code on one line. Names of branches and files are chosen by agents, so they are not trusted. */
export function code(name: string): string {
  const text = oneLine(name);
  const ticks = '`'.repeat(longestTicks(text) + 1);
  return `${ticks}${text}${ticks}`;
}

export const oneLine = (text: string): string => text.split(/\s+/).join(' ');

/** Length of the longest run of backticks. A loop, because `Math.max` has a limit on its number of arguments. */
function longestTicks(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}
