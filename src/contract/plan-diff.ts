import { unifiedDiff } from '../lib/unified-diff.ts';

/** A unified diff of the user's edits to a plan; empty if the texts differ too much to be compared. */
export function planDiff(plan: { readonly proposed: string; readonly edited: string }): string {
  return unifiedDiff('plan.md', normalize(plan.proposed), normalize(plan.edited));
}

/** Line endings and trailing whitespace are not relevant in a plan. */
const normalize = (text: string): string => `${text.replaceAll('\r\n', '\n').trimEnd()}\n`;
