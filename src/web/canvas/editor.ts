import '../kernel/no-eval.ts';
import { useSyncExternalStore } from 'react';
import { ApiError } from '../../contract/errors.ts';
import type { FileContent } from '../../contract/responses.ts';
import type { Edit } from '../../workflow/edit/operations.ts';
import { formatWorkflow } from '../../workflow/format.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { workflowSchema } from '../../workflow/schema.ts';
import { api } from '../kernel/api.ts';
import { arranged } from './arrangement.ts';
import { forgetDraft, keepDraft, readDraft } from './drafts.ts';
import { type History, record, redo, startHistory, undo } from './history.ts';

/** The workflow file on the screen. */
export type OpenFile = {
  readonly status: 'open';
  readonly path: string;
  /** What is on disk as far as we know. */
  readonly text: string;
  readonly hash: string;
  readonly saved: Workflow;
  readonly history: History<Workflow>;
  /** What part of the drawing is seen. It goes into the file with the next save; looking around is no edit. */
  readonly viewport: Workflow['viewport'];
  readonly isSaving: boolean;
  /** What someone else wrote meanwhile; never overwritten silently. */
  readonly changedOnDisk: FileContent | null;
  readonly isGone: boolean;
  readonly wasRestored: boolean;
};

export type EditorState =
  | { readonly status: 'closed' }
  | { readonly status: 'loading'; readonly path: string }
  | { readonly status: 'failed'; readonly path: string; readonly error: unknown }
  | { readonly status: 'unreadable'; readonly path: string; readonly file: FileContent }
  | OpenFile;

const listeners = new Set<() => void>();
let state: EditorState = { status: 'closed' };

function become(next: EditorState): void {
  state = next;
  for (const listener of listeners) listener();
}

function change(patch: Partial<OpenFile>): void {
  if (state.status === 'open') become({ ...state, ...patch });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useEditor = (): EditorState => useSyncExternalStore(subscribe, () => state);

export const isDirty = (file: OpenFile): boolean => file.history.present !== file.saved;

function opened(file: FileContent): EditorState {
  if (file.workflow === null) return { status: 'unreadable', path: file.path, file };
  // Places that the file does not give go into it with the next save; looking at it is no edit.
  const saved = arranged(workflowSchema.parse(file.workflow));
  const draft = readDraft(file.path);
  const history = startHistory(saved);
  return {
    status: 'open',
    path: file.path,
    text: file.text,
    hash: file.hash,
    saved,
    history: draft === null ? history : record(history, draft.workflow),
    viewport: saved.viewport,
    isSaving: false,
    changedOnDisk: draft !== null && draft.hash !== file.hash ? file : null,
    isGone: false,
    wasRestored: draft !== null,
  };
}

/** Opens a file; unsaved edits of an earlier visit come back with it. */
export async function openFile(path: string): Promise<void> {
  if (state.status === 'open' && state.path === path) return;
  become({ status: 'loading', path });
  try {
    const file = await api.readFile(path);
    if (state.status === 'loading' && state.path === path) become(opened(file));
  } catch (error) {
    if (state.status === 'loading' && state.path === path)
      become({ status: 'failed', path, error });
  }
}

function closeFile(): void {
  become({ status: 'closed' });
}

export async function reopenFile(path: string): Promise<void> {
  closeFile();
  await openFile(path);
}

function withHistory(step: (history: History<Workflow>) => History<Workflow>): void {
  if (state.status !== 'open') return;
  const history = step(state.history);
  if (history === state.history) return;
  change({ history, wasRestored: false });
  keepDraft(state.path, { hash: state.hash, workflow: history.present });
}

/** Applies an edit. Edits with the same key in a row are one step to undo. */
export const edit = (apply: Edit, key: string | null = null): void =>
  withHistory((history) => record(history, apply(history.present), key));
export const undoEdit = (): void => withHistory(undo);
export const redoEdit = (): void => withHistory(redo);

/** Remembers what is seen, without anyone being told: nothing on the screen depends on it. */
export function lookedAt({ x, y, zoom }: Workflow['viewport']): void {
  if (state.status !== 'open') return;
  const viewport = { ...state.viewport, x: Math.round(x), y: Math.round(y), zoom };
  state = { ...state, viewport };
}

/** Writes the file. Gives the error when that failed, and null when all is on disk. */
export async function saveFile(): Promise<unknown> {
  if (state.status !== 'open' || state.isSaving) return null;
  const { path, text, hash, history, viewport, isGone } = state;
  const workflow = history.present;
  change({ isSaving: true });
  try {
    const file = await api.saveFile({
      path,
      text: formatWorkflow({ ...workflow, viewport }, text),
      expectedHash: isGone ? null : hash,
    });
    change({ text: file.text, hash: file.hash, saved: workflow, isGone: false });
    if (state.status === 'open' && state.history.present === workflow) forgetDraft(path);
    return null;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'changed_on_disk') await lookAtDisk();
    return error;
  } finally {
    change({ isSaving: false, wasRestored: false });
  }
}

/** Notices what others did to the file. Without edits of our own, their version simply takes over. */
export async function lookAtDisk(): Promise<void> {
  if (state.status !== 'open' || state.isSaving) return;
  const before = state;
  const file = await api.readFile(before.path).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === 'file_not_found') return null;
    throw error;
  });
  if (state !== before) return;
  if (file === null) return change({ isGone: true });
  if (file.hash === before.hash) return before.isGone ? change({ isGone: false }) : undefined;
  if (isDirty(before) || file.workflow === null) return change({ changedOnDisk: file });
  become(opened(file));
}

/** Ends a conflict: their version (ours is dropped), or ours (the next save replaces theirs). */
export function settleConflict(winner: 'theirs' | 'ours'): void {
  if (state.status !== 'open' || state.changedOnDisk === null) return;
  const file = state.changedOnDisk;
  if (winner === 'ours') {
    change({ text: file.text, hash: file.hash, changedOnDisk: null });
    keepDraft(state.path, { hash: file.hash, workflow: state.history.present });
    return;
  }
  forgetDraft(state.path);
  become(opened(file));
}

export function discardEdits(): void {
  if (state.status !== 'open') return;
  forgetDraft(state.path);
  change({ history: startHistory(state.saved), wasRestored: false });
}
