import type { Problem } from '../../contract/error-views.ts';
import { updateLoopAndEnhance } from '../../workflow/edit/operations.ts';
import type { AgentId } from '../../workflow/ids.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { verifiersOf } from '../../workflow/verifiers.ts';
import { edit } from '../canvas/editor.ts';
import { Field, NativeSelect } from '../design/field.tsx';
import { LabeledCheckbox } from '../design/labeled-checkbox.tsx';

const setVerifiers = (verifiers: AgentId[] | undefined) =>
  edit(updateLoopAndEnhance({ verifiers }));

/** The agents whose verdict decides whether a round succeeded: by role or selected. */
export function Verifiers({ workflow, problems }: { workflow: Workflow; problems: Problem[] }) {
  const { verifiers } = workflow.settings.loopAndEnhance;
  return (
    <div className="flex flex-col gap-2 sm:col-span-2">
      <Field label="Whose verdict counts" hint={hintOf(workflow)} problems={problems}>
        <NativeSelect
          value={verifiers === undefined ? 'role' : 'name'}
          onChange={(event) =>
            setVerifiers(
              event.target.value === 'role' ? undefined : verifiersOf(workflow).map(({ id }) => id),
            )
          }
        >
          <option value="role">That of reviewers and testers</option>
          <option value="name">That of the agents chosen here</option>
        </NativeSelect>
      </Field>
      {verifiers === undefined ? null : (
        <VerifierCheckboxes workflow={workflow} verifiers={verifiers} />
      )}
    </div>
  );
}

function hintOf(workflow: Workflow): string | undefined {
  const { verifiers } = workflow.settings.loopAndEnhance;
  const names = verifiersOf(workflow).map(({ name }) => name);
  if (verifiers !== undefined)
    return names.length === 0 ? 'No agent verifies the work. Choose one.' : undefined;
  return names.length === 0
    ? 'No agent verifies the work. Give one the role Reviewer or Tester, or choose agents.'
    : `The verdict of ${names.join(', ')} counts, by role.`;
}

/** All agents, and unknown ones that the file names. */
function VerifierCheckboxes({
  workflow: { agents },
  verifiers,
}: {
  workflow: Workflow;
  verifiers: readonly AgentId[];
}) {
  const missing = verifiers.filter((id) => !agents.some((agent) => agent.id === id));
  const rows = [...agents, ...[...new Set(missing)].map((id) => ({ id, name: id }))];
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="sr-only">Agents that verify the work</legend>
      {rows.map(({ id, name }) => {
        const isSelected = verifiers.includes(id);
        return (
          <LabeledCheckbox
            key={id}
            label={name}
            checked={isSelected}
            onToggle={() =>
              setVerifiers(
                isSelected ? verifiers.filter((each) => each !== id) : [...verifiers, id],
              )
            }
          />
        );
      })}
    </fieldset>
  );
}
