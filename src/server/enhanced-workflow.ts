import { basename } from 'node:path';
import type { EnhancedWorkflow } from '../contract/enhance.ts';
import type { Outcome } from '../engine/api.ts';
import type { Journal } from '../journal/types.ts';
import type { SessionEventOf } from '../session/events.ts';
import type { SessionState } from '../session/state.ts';
import { carryOver } from '../workflow/edit/carry-over.ts';
import { conflictsOf } from '../workflow/edit/conflicts.ts';
import { differencesOf } from '../workflow/edit/differences.ts';
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
  const { isEdited, versions } = historyOf(journal, state);
  if (!isEdited) {
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
  const [from = state.workflow] = versions;
  const to = versions.at(-1) ?? state.workflow;
  const applied = carryOver({ from, to }, parsed.workflow);
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
  /** At least one round was opened with edits. */
  readonly isEdited: boolean;
  /** The workflow as it was started, and as it was in every round. */
  readonly versions: readonly Workflow[];
};

function historyOf(journal: Journal, { id }: SessionState): History {
  const events = journal.sessionEvents(id, {
    limit: MAX_EVENTS,
    types: ['SessionStarted', 'EditsProposed', 'WorkflowRoundOpened'],
  });
  let isEdited = false;
  const versions: Workflow[] = [];
  let proposed: SessionEventOf<'EditsProposed'> | null = null;
  for (const { event } of events) {
    if (event.type === 'SessionStarted') versions.push(event.workflow);
    else if (event.type === 'EditsProposed') proposed = event;
    else if (event.type === 'WorkflowRoundOpened' && proposed?.workflow !== undefined) {
      isEdited ||= proposed.edits.length > 0;
      versions.push(proposed.workflow);
    }
  }
  return { isEdited, versions };
}
