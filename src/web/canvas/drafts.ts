import '../kernel/no-eval.ts';
import { fieldsOf } from '../../lib/fields.ts';
import { type Workflow, workflowSchema } from '../../workflow/schema.ts';

/** Unsaved edits of a file, stored by the browser so that closing the window does not lose them. */
export type Draft = { readonly hash: string; readonly workflow: Workflow };

const storageKey = (path: string) => `cerevisor.draft:${path}`;

export function storeDraft(path: string, draft: Draft): void {
  try {
    localStorage.setItem(storageKey(path), JSON.stringify(draft));
  } catch (error) {
    // If the storage is full, only this safety net is lost; saving to disk still works.
    console.warn('The browser could not store the unsaved edits.', error);
  }
}

export function deleteDraft(path: string): void {
  localStorage.removeItem(storageKey(path));
}

/** The unsaved edits, or null. Drafts that cannot be read are deleted. */
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
