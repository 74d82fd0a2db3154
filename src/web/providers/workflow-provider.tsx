import { Field, type FieldProblem, NativeSelect } from '../design/field.tsx';
import { useProviders } from './use-providers.ts';

/** The provider of a workflow: one by name, or whatever is the default of the machine that runs it. */
export function WorkflowProvider({
  providerId,
  problems,
  onChange,
}: {
  providerId: string | undefined;
  problems: readonly FieldProblem[];
  onChange: (providerId: string | undefined) => void;
}) {
  const { data } = useProviders();
  const items = data?.items ?? [];
  const byDefault = items.find(({ isDefault }) => isDefault);
  const isKnown = providerId === undefined || items.some(({ id }) => id === providerId);
  return (
    <Field
      label="Provider"
      hint="Runs the agents that have no provider of their own. Add providers under Providers."
      problems={problems}
    >
      <NativeSelect
        value={providerId ?? ''}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">
          Default of this machine{byDefault === undefined ? '' : ` (${byDefault.name})`}
        </option>
        {items.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
        {isKnown ? null : <option value={providerId}>{providerId}</option>}
      </NativeSelect>
    </Field>
  );
}
