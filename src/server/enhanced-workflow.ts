import { basename } from 'node:path';
import type { EnhancedWorkflow } from '../contract/enhance.ts';
import type { Outcome } from '../engine/api.ts';
import type { Journal } from '../journal/types.ts';
import type { SessionEventOf } from '../session/events.ts';
import type { SessionState } from '../session/state.ts';
import { applyEdits } from '../workflow/edit/apply-edits.ts';
import { conflictsOf } from '../workflow/edit/conflicts.ts';
import { differencesOf } from '../workflow/edit/differences.ts';
import { type WorkflowEdit, workflowEditSchema } from '../workflow/edit/edit-schema.ts';
import { readWorkflowText } from '../workflow/files.ts';
import { formatWorkflow } from '../workflow/format.ts';
import { parseWorkflow } from '../workflow/parse.ts';
import type { Workflow } from '../workflow/schema.ts';
import { failed } from './failure.ts';
import { differenceView } from './views/enhance-view.ts';
import { checkWorkflowPath } from './workflow-path.ts';

const MAX_EVENTS = 1_000;

/**
 * The current workflow file with the edits of a session's rounds, which keeps later changes of the user. Nothing is
 * written; the client saves the text like any other file.
 */
export async function enhancedWorkflow(
  journal: Journal,
  state: SessionState,
  requestedPath: string | undefined,
): Promise<Outcome<EnhancedWorkflow>> {
  const { edits, versions } = historyOf(journal, state);
  if (edits.length === 0) {
    return failed(
      'workflow_not_edited',
      'This session has not edited its workflow, so there is nothing to save.',
    );
  }
  const path = requestedPath ?? state.workflowPath;
  if (path === null) return { ok: true, value: asNewFile(state, null) };
  const refusal = await checkWorkflowPath(path);
  if (refusal !== null) return refusal;
  const read = await readWorkflowText(path);
  if (!read.ok) {
    return read.error.code === 'file_missing' ? { ok: true, value: asNewFile(state, path) } : read;
  }
  const { text, hash } = read.value;
  const parsed = parseWorkflow(text);
  if (!parsed.ok) {
    return failed(
      'file_invalid',
      `${basename(path)} cannot be read as a workflow, so the edits cannot be added to it.`,
      'Correct the file, or save the workflow under another name.',
    );
  }
  // An earlier save contains the edits already, and agents must not be added twice.
  const isSaved = differencesOf(parsed.workflow, state.workflow).length === 0;
  const applied = applyEdits(parsed.workflow, isSaved ? [] : edits);
  if (!applied.ok) {
    return failed(
      'edits_do_not_fit',
      `${basename(path)} is no longer the workflow that the session was started with: ${applied.mistakes.join(' ')}`,
      'Save the workflow of the session under another name.',
    );
  }
  return {
    ok: true,
    value: {
      path,
      hash,
      text: formatWorkflow(applied.workflow, text),
      changes: differencesOf(parsed.workflow, applied.workflow).map((difference) =>
        differenceView(difference),
      ),
      conflicts: conflictsOf(versions, { file: parsed.workflow, edited: applied.workflow }).map(
        (conflict) => ({ ...conflict, fields: [...conflict.fields] }),
      ),
    },
  };
}

function asNewFile(state: SessionState, path: string | null): EnhancedWorkflow {
  const text = formatWorkflow(state.workflow);
  return { path, hash: null, text, changes: [], conflicts: [] };
}

type History = {
  /** The edits of every round that was opened, in order. */
  readonly edits: readonly WorkflowEdit[];
  /** The workflow as it was started, and as it was in every round. */
  readonly versions: readonly Workflow[];
};

function historyOf(journal: Journal, { id }: SessionState): History {
  const events = journal.sessionEvents(id, {
    limit: MAX_EVENTS,
    types: ['SessionStarted', 'EditsProposed', 'WorkflowRoundOpened'],
  });
  const edits: WorkflowEdit[] = [];
  const versions: Workflow[] = [];
  let proposed: SessionEventOf<'EditsProposed'> | null = null;
  for (const { event } of events) {
    if (event.type === 'SessionStarted') versions.push(event.workflow);
    else if (event.type === 'EditsProposed') proposed = event;
    else if (event.type === 'WorkflowRoundOpened' && proposed?.workflow !== undefined) {
      // They were valid when they were stored; parsing adapts them to the current schema.
      edits.push(...proposed.edits.map((edit) => workflowEditSchema.parse(edit)));
      versions.push(proposed.workflow);
    }
  }
  return { edits, versions };
}
