import '../kernel/no-eval.ts';
import { useSyncExternalStore } from 'react';
import { ApiError } from '../../contract/errors.ts';
import type { FileContent } from '../../contract/responses.ts';
import type { Edit } from '../../workflow/edit/operations.ts';
import { formatWorkflow } from '../../workflow/format.ts';
import { isSameValue } from '../../workflow/same-value.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { workflowSchema } from '../../workflow/schema.ts';
import { api } from '../kernel/api.ts';
import { arrangeAgents } from './arrange-agents.ts';
import { type Draft, deleteDraft, readDraft, storeDraft } from './drafts.ts';
import { type History, record, redo, startHistory, undo } from './history.ts';

/** The workflow file that is open in the editor. */
export type OpenFile = {
  readonly status: 'open';
  readonly path: string;
  /** The last known content on disk. */
  readonly text: string;
  readonly hash: string;
  readonly saved: Workflow;
  readonly history: History<Workflow>;
  /** The visible part of the canvas. It is written with the next save; changing it is not an edit. */
  readonly viewport: Workflow['viewport'];
  readonly isSaving: boolean;
  /** An external change of the file; never overwritten silently. */
  readonly changedOnDisk: FileContent | null;
  readonly isMissing: boolean;
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

function setState(next: EditorState): void {
  state = next;
  for (const listener of listeners) listener();
}

function update(patch: Partial<OpenFile>): void {
  if (state.status === 'open') setState({ ...state, ...patch });
}

function openFileAt(path: string): OpenFile | null {
  return state.status === 'open' && state.path === path ? state : null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useEditor = (): EditorState => useSyncExternalStore(subscribe, () => state);

export const isDirty = (file: OpenFile): boolean => file.history.present !== file.saved;

function openState(file: FileContent): EditorState {
  if (file.workflow === null) return { status: 'unreadable', path: file.path, file };
  // Generated positions are written with the next save; opening a file is not an edit.
  const saved = arrangeAgents(workflowSchema.parse(file.workflow));
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
    isMissing: false,
    wasRestored: draft !== null,
  };
}

/** Opens a file and restores unsaved edits. */
export async function openFile(path: string): Promise<void> {
  if (state.status === 'open' && state.path === path) return;
  setState({ status: 'loading', path });
  try {
    const file = await api.readFile(path);
    if (state.status === 'loading' && state.path === path) setState(openState(file));
  } catch (error) {
    if (state.status === 'loading' && state.path === path)
      setState({ status: 'failed', path, error });
  }
}

function closeFile(): void {
  setState({ status: 'closed' });
}

export async function reopenFile(path: string): Promise<void> {
  closeFile();
  await openFile(path);
}

function applyHistoryStep(step: (history: History<Workflow>) => History<Workflow>): void {
  if (state.status !== 'open') return;
  const history = step(state.history);
  if (history === state.history) return;
  update({ history, wasRestored: false });
  storeDraft(state.path, { hash: state.hash, workflow: history.present });
}

/** Applies an edit. Consecutive edits with the same key are one undo step. */
export const edit = (apply: Edit, key: string | null = null): void =>
  applyHistoryStep((history) => record(history, apply(history.present), key));
export const undoEdit = (): void => applyHistoryStep(undo);
export const redoEdit = (): void => applyHistoryStep(redo);

/** Stores the viewport without notifying listeners: nothing rendered depends on it. */
export function setViewport({ x, y, zoom }: Workflow['viewport']): void {
  if (state.status !== 'open') return;
  const viewport = { ...state.viewport, x: Math.round(x), y: Math.round(y), zoom };
  state = { ...state, viewport };
}

let runningSave: Promise<unknown> | null = null;

/**
 * Saves the file. Returns the error, or null on success. A save requested while another one is running follows it,
 * because the running one does not have the newest edits.
 */
export async function saveFile(): Promise<unknown> {
  if (state.status !== 'open') return null;
  if (runningSave !== null) {
    const { path } = state;
    await runningSave;
    const file = openFileAt(path);
    return file !== null && (isDirty(file) || file.isMissing) ? saveFile() : null;
  }
  runningSave = saveOpenFile(state).finally(() => {
    runningSave = null;
  });
  return runningSave;
}

/** Another file may have been opened by the time the daemon answers: only this one is changed. */
async function saveOpenFile(open: OpenFile): Promise<unknown> {
  const { path, text, hash, history, viewport, isMissing } = open;
  const workflow = history.present;
  update({ isSaving: true });
  try {
    const file = await api.saveFile({
      path,
      text: formatWorkflow({ ...workflow, viewport }, text),
      expectedHash: isMissing ? null : hash,
    });
    updateSaved(path, workflow, file);
    updateDraft(path, { hash: file.hash, workflow });
    return null;
  } catch (error) {
    if (openFileAt(path) !== null) update({ isSaving: false });
    // The version on disk is shown at once. If it cannot be read now, it is when the file is next checked.
    if (error instanceof ApiError && error.code === 'changed_on_disk')
      await checkDisk().catch(console.warn);
    return error;
  } finally {
    if (openFileAt(path) !== null) update({ isSaving: false, wasRestored: false });
  }
}

/** The file may have been opened again since, and restored the same edits from their draft. */
function updateSaved(path: string, workflow: Workflow, { text, hash }: FileContent): void {
  const file = openFileAt(path);
  if (file === null) return;
  const { present } = file.history;
  update({
    text,
    hash,
    saved: isSameValue(present, workflow) ? present : workflow,
    changedOnDisk: file.changedOnDisk?.hash === hash ? null : file.changedOnDisk,
    isMissing: false,
  });
}

/** Edits made during a save remain a draft, which is now based on the saved version. */
function updateDraft(path: string, saved: Draft): void {
  const newest = openFileAt(path)?.history.present ?? readDraft(path)?.workflow;
  if (newest === undefined || isSameValue(newest, saved.workflow)) deleteDraft(path);
  else storeDraft(path, { hash: saved.hash, workflow: newest });
}

/** Checks for external changes to the file. Without unsaved edits the external version is loaded. */
export async function checkDisk(): Promise<void> {
  if (state.status !== 'open' || state.isSaving) return;
  const before = state;
  const file = await api.readFile(before.path).catch((error: unknown) => {
    if (error instanceof ApiError && error.code === 'file_not_found') return null;
    throw error;
  });
  if (state !== before) return;
  if (file === null) return update({ isMissing: true });
  if (file.hash === before.hash) return before.isMissing ? update({ isMissing: false }) : undefined;
  if (isDirty(before) || file.workflow === null) return update({ changedOnDisk: file });
  setState(openState(file));
}

/** Resolves a conflict: `theirs` discards our edits; with `ours` the next save overwrites the file. */
export function resolveConflict(winner: 'theirs' | 'ours'): void {
  if (state.status !== 'open' || state.changedOnDisk === null) return;
  const file = state.changedOnDisk;
  if (winner === 'ours') {
    update({ text: file.text, hash: file.hash, changedOnDisk: null });
    storeDraft(state.path, { hash: file.hash, workflow: state.history.present });
    return;
  }
  deleteDraft(state.path);
  setState(openState(file));
}

export function discardEdits(): void {
  if (state.status !== 'open') return;
  deleteDraft(state.path);
  update({ history: startHistory(state.saved), wasRestored: false });
}
