import { type ReactNode, useState } from 'react';
import { Field, type FieldProblem, TextInput } from './field.tsx';
import { type NumberRange, numberProblem } from './whole-number.ts';

/**
 * A field for a whole number. What does not fit stays in the field with what would, and changes nothing. `onChange`
 * hears of a number once it is fit: with each key, or with `isPatient` when the field is left or Enter is pressed.
 */
export function NumberField({
  label,
  hint,
  value,
  placeholder,
  isOptional = false,
  isPatient = false,
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
  isPatient?: boolean;
  disabled?: boolean;
  problems?: readonly FieldProblem[];
  className?: string;
  onChange: (value: number | undefined) => void;
}) {
  // What is in the field while it differs from the value: on the way to it, or not fit for it.
  const [draft, setDraft] = useState<{ text: string; isEmpty: boolean } | null>(null);
  const isLeftOut = draft?.isEmpty === true && isOptional;
  const problem = draft === null || isLeftOut ? null : numberProblem(draft.text, range);
  const commit = (text: string, isEmpty: boolean) => {
    const leavesOut = isEmpty && isOptional;
    if (!leavesOut && numberProblem(text, range) !== null) return;
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
          // A browser gives no text for what is no number.
          const isEmpty = text === '' && !validity.badInput;
          setDraft({ text, isEmpty });
          if (!isPatient) commit(text, isEmpty);
        }}
        onBlur={() => draft !== null && commit(draft.text, draft.isEmpty)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && draft !== null) commit(draft.text, draft.isEmpty);
        }}
      />
    </Field>
  );
}
