import { CURSOR_PROVIDER, providerOf } from '../../workflow/placement.ts';
import { type RunMode, runModes } from '../../workflow/schema/settings.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { Field, type FieldProblem, NativeSelect } from '../design/field.tsx';
import { runModeLabels } from '../design/run-mode-labels.ts';

/** The run mode of an agent, which may differ from the workflow's. */
export function RunModeField({
  workflow: { settings },
  agent,
  problems,
  onChange,
}: {
  workflow: Workflow;
  agent: Agent;
  problems: readonly FieldProblem[];
  onChange: (value: RunMode | undefined) => void;
}) {
  const isCursor = providerOf(agent, settings) === CURSOR_PROVIDER;
  return (
    <Field
      label="Run mode"
      problems={problems}
      {...(!isCursor && { hint: 'Only Cursor Agent can run in the cloud.' })}
    >
      <NativeSelect
        value={isCursor ? (agent.runMode ?? '') : 'local'}
        disabled={!isCursor}
        onChange={(event) => onChange(runModes.find((mode) => mode === event.target.value))}
      >
        <option value="">Default ({runModeLabels[settings.runMode]})</option>
        {runModes.map((mode) => (
          <option key={mode} value={mode}>
            {runModeLabels[mode]}
          </option>
        ))}
      </NativeSelect>
    </Field>
  );
}
