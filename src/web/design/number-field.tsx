import { type ReactNode, useState } from 'react';
import { Field, type FieldProblem, TextInput } from './field.tsx';
import { type NumberRange, wholeNumberError } from './whole-number.ts';

/**
 * A field for a whole number. An invalid entry stays in the field with the valid range, and changes nothing. `onChange`
 * receives valid numbers only: on every key, or with `commitOnBlur` when the field loses the focus or Enter is pressed.
 */
export function NumberField({
  label,
  hint,
  value,
  placeholder,
  isOptional = false,
  commitOnBlur = false,
  disabled = false,
  problems = [],
  className,
  onChange,
  ...range
}: NumberRange & {
  label: string;
  hint?: ReactNode;
  value: number | undefined;
  placeholder?: string;
  isOptional?: boolean;
  commitOnBlur?: boolean;
  disabled?: boolean;
  problems?: readonly FieldProblem[];
  className?: string;
  onChange: (value: number | undefined) => void;
}) {
  // The entry while it differs from the value: incomplete or invalid.
  const [draft, setDraft] = useState<{ text: string; isEmpty: boolean } | null>(null);
  const isLeftOut = draft?.isEmpty === true && isOptional;
  const problem = draft === null || isLeftOut ? null : wholeNumberError(draft.text, range);
  const commit = (text: string, isEmpty: boolean) => {
    const leavesOut = isEmpty && isOptional;
    if (!leavesOut && wholeNumberError(text, range) !== null) return;
    setDraft(null);
    const next = leavesOut ? undefined : Number(text);
    if (next !== value) onChange(next);
  };
  return (
    <Field
      label={label}
      {...(hint !== undefined && { hint })}
      {...(className !== undefined && { className })}
      problems={problem === null ? problems : [{ severity: 'error', message: problem }]}
    >
      <TextInput
        type="number"
        inputMode="numeric"
        min={range.min}
        max={range.max}
        disabled={disabled}
        value={draft?.text ?? value ?? ''}
        placeholder={placeholder}
        onChange={(event) => {
          const { value: text, validity } = event.target;
          // For an invalid number, browsers report an empty text.
          const isEmpty = text === '' && !validity.badInput;
          setDraft({ text, isEmpty });
          if (!commitOnBlur) commit(text, isEmpty);
        }}
        onBlur={() => draft !== null && commit(draft.text, draft.isEmpty)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && draft !== null) commit(draft.text, draft.isEmpty);
        }}
      />
    </Field>
  );
}
