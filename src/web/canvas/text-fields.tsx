import { type ReactNode, useEffect, useState } from 'react';
import { Field, type FieldProblem, TextArea } from '../design/field.tsx';

type Common = { label: string; hint?: ReactNode; problems?: readonly FieldProblem[] };

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** A list of words, one a line. Blank lines are kept while they are typed, and never reach the document. */
export function LinesField({
  lines,
  onChange,
  placeholder,
  ...field
}: Common & {
  lines: readonly string[];
  onChange: (lines: string[]) => void;
  placeholder?: string;
}) {
  const [text, setText] = useState(lines.join('\n'));
  const joined = lines.join('\n');
  useEffect(() => {
    setText((shown) => (linesOf(shown).join('\n') === joined ? shown : joined));
  }, [joined]);
  return (
    <Field {...field}>
      <TextArea
        rows={2}
        value={text}
        placeholder={placeholder}
        className="min-h-0 font-mono text-sm"
        onChange={(event) => {
          setText(event.target.value);
          onChange(linesOf(event.target.value));
        }}
      />
    </Field>
  );
}

function readJson(text: string): { value: unknown } | { mistake: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) };
  }
}

/** A JSON value as text. Only text that can be read reaches the document; an empty field removes it. */
export function JsonField({
  value,
  onChange,
  problems = [],
  rows = 6,
  ...field
}: Common & { value: unknown; onChange: (value: unknown) => void; rows?: number }) {
  const written = value === undefined ? '' : JSON.stringify(value, null, 2);
  const [text, setText] = useState(written);
  const read = readJson(text);
  const shown = text.trim() === '' ? undefined : 'value' in read ? read.value : null;
  useEffect(() => {
    setText((current) => {
      const known = readJson(current);
      const isSame = 'value' in known && JSON.stringify(known.value, null, 2) === written;
      return isSame || (current.trim() === '' && written === '') ? current : written;
    });
  }, [written]);
  const mistakes: FieldProblem[] =
    shown === null && 'mistake' in read
      ? [{ severity: 'error', message: `This is not valid JSON: ${read.mistake}.` }]
      : [];
  return (
    <Field {...field} problems={[...mistakes, ...problems]}>
      <TextArea
        rows={rows}
        value={text}
        spellCheck={false}
        className="font-mono text-sm"
        onChange={(event) => {
          setText(event.target.value);
          const next = readJson(event.target.value);
          if (event.target.value.trim() === '') onChange(undefined);
          else if ('value' in next) onChange(next.value);
        }}
      />
    </Field>
  );
}
