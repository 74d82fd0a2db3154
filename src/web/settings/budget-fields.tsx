import { useState } from 'react';
import type { Problem } from '../../contract/error-views.ts';
import { updateBudget } from '../../workflow/edit/operations.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from '../canvas/editor.ts';
import { problemsAt } from '../canvas/problems.ts';
import { Field, TextInput } from '../design/field.tsx';
import { NumberField } from '../design/number-field.tsx';
import { Section } from './section.tsx';

/** The budget of a session. Once it is used up, nothing new starts. */
export function BudgetFields({
  workflow,
  problems,
}: {
  workflow: Workflow;
  problems: readonly Problem[];
}) {
  const { budget } = workflow.settings;
  return (
    <Section
      title="Budget of a session"
      hint="Checked before each attempt and each turn. Running agents are not stopped; you can raise the budget at any time."
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <DollarField
          value={budget.usd}
          problems={problemsAt(problems, 'settings', 'budget', 'usd')}
          onChange={(usd) => edit(updateBudget({ usd }), 'budget:usd')}
        />
        <NumberField
          label="Tokens"
          value={budget.tokens}
          placeholder="No limit"
          isOptional
          min={1}
          max={1_000_000_000_000}
          problems={problemsAt(problems, 'settings', 'budget', 'tokens')}
          onChange={(tokens) => edit(updateBudget({ tokens }), 'budget:tokens')}
        />
      </div>
    </Section>
  );
}

function DollarField({
  value,
  problems,
  onChange,
}: {
  value: number | undefined;
  problems: readonly Problem[];
  onChange: (value: number | undefined) => void;
}) {
  // The entry while it is not a valid amount.
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <Field
      label="US dollars"
      hint="Counts only known costs; agents paid for by a subscription count as free."
      problems={[
        ...problems,
        ...(draft === null
          ? []
          : [{ severity: 'error' as const, message: 'Enter an amount greater than 0.' }]),
      ]}
    >
      <TextInput
        inputMode="decimal"
        placeholder="No limit"
        value={draft ?? value ?? ''}
        onChange={({ target: { value: text } }) => {
          const isValid = text.trim() === '' || Number(text) > 0;
          // `2.` may become `2.5`.
          setDraft(isValid && !text.endsWith('.') ? null : text);
          if (isValid) onChange(text.trim() === '' ? undefined : Number(text));
        }}
      />
    </Field>
  );
}
