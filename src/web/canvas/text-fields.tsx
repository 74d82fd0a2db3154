import { type ReactNode, useEffect, useState } from 'react';
import { Field, type FieldProblem, TextArea } from '../design/field.tsx';

type Common = { label: string; hint?: ReactNode; problems?: readonly FieldProblem[] };

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** A list with one entry per line. Blank lines are kept while typing, but not in the document. */
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
  const serialized = lines.join('\n');
  useEffect(() => {
    setText((current) => (linesOf(current).join('\n') === serialized ? current : serialized));
  }, [serialized]);
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

function parseJson(text: string): { value: unknown } | { error: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** A JSON value as text. Only valid JSON reaches the document; an empty field removes the value. */
export function JsonField({
  value,
  onChange,
  problems = [],
  rows = 6,
  ...field
}: Common & { value: unknown; onChange: (value: unknown) => void; rows?: number }) {
  const serialized = value === undefined ? '' : JSON.stringify(value, null, 2);
  const [text, setText] = useState(serialized);
  const parsed = parseJson(text);
  const current = text.trim() === '' ? undefined : 'value' in parsed ? parsed.value : null;
  useEffect(() => {
    setText((current) => {
      const known = parseJson(current);
      const isSame = 'value' in known && JSON.stringify(known.value, null, 2) === serialized;
      return isSame || (current.trim() === '' && serialized === '') ? current : serialized;
    });
  }, [serialized]);
  const syntaxProblems: FieldProblem[] =
    current === null && 'error' in parsed
      ? [{ severity: 'error', message: `This is not valid JSON: ${parsed.error}.` }]
      : [];
  return (
    <Field {...field} problems={[...syntaxProblems, ...problems]}>
      <TextArea
        rows={rows}
        value={text}
        spellCheck={false}
        className="font-mono text-sm"
        onChange={(event) => {
          setText(event.target.value);
          const next = parseJson(event.target.value);
          if (event.target.value.trim() === '') onChange(undefined);
          else if ('value' in next) onChange(next.value);
        }}
      />
    </Field>
  );
}
