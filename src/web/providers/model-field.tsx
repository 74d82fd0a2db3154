import { useId } from 'react';
import { Field, type FieldProblem, TextInput } from '../design/field.tsx';

/** A model name, with suggestions; other names are allowed. */
export function ModelField({
  label,
  hint,
  models = [],
  value,
  placeholder,
  problems = [],
  onChange,
}: {
  label: string;
  hint?: string;
  models: readonly { readonly id: string; readonly displayName: string }[] | undefined;
  value: string;
  placeholder: string;
  problems?: readonly FieldProblem[];
  onChange: (value: string) => void;
}) {
  const listId = useId();
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} problems={problems}>
      <TextInput
        list={listId}
        value={value}
        placeholder={placeholder}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={listId}>
        {models.map(({ id, displayName }) => (
          <option key={id} value={id}>
            {displayName}
          </option>
        ))}
      </datalist>
    </Field>
  );
}
