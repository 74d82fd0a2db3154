import { useId } from 'react';
import type { ToolRequestDetail } from '../../contract/permissions.ts';
import { Field, NativeSelect, TextInput } from '../design/field.tsx';

/** How long an answer applies. A null pattern means exactly the same call. */
export type Scope =
  | { readonly kind: 'once' }
  | { readonly kind: 'session' | 'always'; readonly pattern: string | null };

const kinds = [
  ['once', 'Once'],
  ['session', 'For this session'],
  ['always', 'Always'],
] as const;

const hints: Readonly<Record<Scope['kind'], string>> = {
  once: 'Applies to this call only.',
  session: 'Applies to all agents of this session.',
  always: 'Applies to this workflow in its folder, on this machine.',
};

const otherValue = 'other';

export function RequestScope({
  scope,
  suggestions,
  onChange,
}: {
  scope: Scope;
  suggestions: ToolRequestDetail['suggestions'];
  onChange: (scope: Scope) => void;
}) {
  const name = useId();
  return (
    <div className="flex flex-col gap-2">
      <fieldset className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <legend className="sr-only">How long the answer applies</legend>
        {kinds.map(([kind, label]) => (
          <label key={kind} className="inline-flex items-center gap-1.5">
            <input
              type="radio"
              name={name}
              className="accent-[var(--accent)]"
              checked={scope.kind === kind}
              onChange={() => onChange(scopeOf(kind, scope))}
            />
            {label}
          </label>
        ))}
        <span className="text-muted text-sm">{hints[scope.kind]}</span>
      </fieldset>
      {scope.kind === 'once' ? null : (
        <PatternField
          pattern={scope.pattern}
          suggestions={suggestions}
          onChange={(pattern) => onChange({ kind: scope.kind, pattern })}
        />
      )}
    </div>
  );
}

function scopeOf(kind: Scope['kind'], before: Scope): Scope {
  if (kind === 'once') return { kind };
  return { kind, pattern: before.kind === 'once' ? null : before.pattern };
}

function PatternField({
  pattern,
  suggestions,
  onChange,
}: {
  pattern: string | null;
  suggestions: ToolRequestDetail['suggestions'];
  onChange: (pattern: string | null) => void;
}) {
  const known = suggestions.some((each) => each.pattern === pattern);
  const isOther = pattern !== null && !known;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="Applies to">
        <NativeSelect
          value={isOther ? otherValue : (pattern ?? '')}
          onChange={({ target: { value } }) => {
            if (value === otherValue) onChange(`${suggestions.at(-1)?.pattern ?? ''} `.trimStart());
            else onChange(value === '' ? null : value);
          }}
        >
          {suggestions.map((each) => (
            <option key={each.label} value={each.pattern ?? ''}>
              {each.label}
            </option>
          ))}
          {suggestions.length === 0 ? <option value="">Exactly this</option> : null}
          <option value={otherValue}>Another pattern…</option>
        </NativeSelect>
      </Field>
      {isOther ? (
        <Field label="Pattern" hint="* matches any text.">
          <TextInput
            className="font-mono"
            value={pattern}
            onChange={(event) => onChange(event.target.value)}
          />
        </Field>
      ) : null}
    </div>
  );
}
