import { Field, type FieldProblem, NativeSelect } from '../design/field.tsx';
import { useProviders } from './use-providers.ts';

/** A provider, or the inherited one. An unknown one from the file stays selectable. */
export function ProviderSelect({
  label,
  hint,
  inherited,
  providerId,
  problems,
  onChange,
}: {
  label: string;
  hint?: string;
  inherited: string;
  providerId: string | undefined;
  problems: readonly FieldProblem[];
  onChange: (providerId: string | undefined) => void;
}) {
  const { data } = useProviders();
  const items = data?.items ?? [];
  const isKnown = providerId === undefined || items.some(({ id }) => id === providerId);
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} problems={problems}>
      <NativeSelect
        value={providerId ?? ''}
        onChange={(event) => onChange(event.target.value || undefined)}
      >
        <option value="">{inherited}</option>
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
