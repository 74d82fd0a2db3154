import { useMemo } from 'react';
import type { ChangedFileView } from '../../contract/changes.ts';
import { planDiff } from '../../contract/plan-diff.ts';
import { DiffText } from './diff-text.tsx';
import { parseHunks } from './patch.ts';

export type EditedPlan = { readonly proposed: string; readonly edited: string };

/** A file name with which the text is highlighted as Markdown. */
const file: ChangedFileView = {
  path: 'plan.md',
  oldPath: null,
  kind: 'file',
  status: 'modified',
  additions: null,
  deletions: null,
  isBinary: false,
  isExecutable: false,
  oldSizeBytes: null,
  newSizeBytes: null,
};

/** The user's edits of a plan, line by line. */
export function PlanDiff({ proposed, edited }: EditedPlan) {
  const hunks = useMemo(() => {
    const diff = planDiff({ proposed, edited });
    return diff === '' ? null : parseHunks(`diff --git a/plan.md b/plan.md\n${diff}`);
  }, [proposed, edited]);
  if (hunks === null)
    return <p className="p-3 text-muted">The two plans differ too much to be compared.</p>;
  if (hunks.length === 0) return <p className="p-3 text-muted">Nothing is changed.</p>;
  return <DiffText file={file} hunks={hunks} />;
}
