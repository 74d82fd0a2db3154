import { unifiedDiff } from '../lib/unified-diff.ts';

/** What a person changed in a plan, as a unified diff; empty when the two differ too much to be compared. */
export function planDiff(plan: { readonly proposed: string; readonly edited: string }): string {
  return unifiedDiff('plan.md', withLastLine(plan.proposed), withLastLine(plan.edited));
}

/** Whether the last line is ended says nothing about a plan. */
const withLastLine = (text: string): string => `${text.replaceAll('\r\n', '\n').trimEnd()}\n`;
