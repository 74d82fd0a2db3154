import type { Problem } from '../../contract/error-views.ts';
import { updateLocal } from '../../workflow/edit/operations.ts';
import { edit } from '../canvas/editor.ts';
import { Field } from '../design/field.tsx';
import { folderSourceTexts } from '../design/run-mode-labels.ts';
import { FolderInput } from '../folders/folder-input.tsx';
import type { LocalPlan } from './local-plan.ts';

/** The folder of the workflow; empty for the repository that contains its file. */
export function FolderField({
  folder,
  plan,
  problems,
}: {
  folder: string | undefined;
  plan: LocalPlan;
  problems: readonly Problem[];
}) {
  return (
    <Field
      label="Folder"
      hint={<EffectiveFolder plan={plan} />}
      problems={[...problems, ...plan.folderProblems]}
    >
      <FolderInput
        value={folder ?? ''}
        placeholder="The repository of the workflow file"
        onChange={(path) => edit(updateLocal({ folder: path || undefined }), 'local:folder')}
      />
    </Field>
  );
}

/** The folder in which agents would work now. */
function EffectiveFolder({ plan: { summary } }: { plan: LocalPlan }) {
  if (summary === null) return 'An absolute path, or a path relative to the workflow file.';
  return (
    <span className="[overflow-wrap:anywhere]">
      Agents would work in <code className="font-mono text-ink">{summary.folder}</code> (
      {folderSourceTexts[summary.folderSource]}
      {summary.branch === null ? '' : `, branch ${summary.branch}`}).
    </span>
  );
}
