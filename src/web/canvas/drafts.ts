import '../kernel/no-eval.ts';
import { fieldsOf } from '../../lib/fields.ts';
import { type Workflow, workflowSchema } from '../../workflow/schema.ts';

/** Unsaved edits of a file, kept by the browser so that a closed window loses none. */
export type Draft = { readonly hash: string; readonly workflow: Workflow };

const storageKey = (path: string) => `cerevisor.draft:${path}`;

export function storeDraft(path: string, draft: Draft): void {
  try {
    localStorage.setItem(storageKey(path), JSON.stringify(draft));
  } catch (error) {
    // A full store only costs the safety net; saving to disk works as ever.
    console.warn('The browser could not store the unsaved edits.', error);
  }
}

export function deleteDraft(path: string): void {
  localStorage.removeItem(storageKey(path));
}

/** The edits that were not saved, or null. What cannot be read any more is dropped. */
export function readDraft(path: string): Draft | null {
  const stored = localStorage.getItem(storageKey(path));
  if (stored === null) return null;
  try {
    const { hash, workflow } = fieldsOf(JSON.parse(stored));
    return { hash: String(hash), workflow: workflowSchema.parse(workflow) };
  } catch (error) {
    console.warn(`The unsaved edits of ${path} cannot be read.`, error);
    deleteDraft(path);
    return null;
  }
}
