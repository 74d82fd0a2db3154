import { useState } from 'react';
import type { BudgetView, SessionDetail } from '../../contract/session-views.ts';
import { Callout } from '../design/callout.tsx';
import { Field, TextInput } from '../design/field.tsx';
import { ActionButton } from '../kernel/action-button.tsx';
import { api } from '../kernel/api.ts';
import { useAction } from '../kernel/use-action.ts';

/** Shown when the session's budget is used up: it can be raised here. */
export function BudgetNotice({ session }: { session: SessionDetail }) {
  const { budget, needsYou } = session;
  if (budget === null || needsYou?.code !== 'budget_exceeded') return null;
  return (
    <Callout tone="warning" title={needsYou.message}>
      <RaiseForm session={session} budget={budget} />
    </Callout>
  );
}

function RaiseForm({ session, budget }: { session: SessionDetail; budget: BudgetView }) {
  const [usd, setUsd] = useState(proposedBudget(budget.usd, budget.spentUsd ?? 0));
  const [tokens, setTokens] = useState(proposedBudget(budget.tokens, budget.spentTokens));
  const raise = useAction('The budget was not changed', () =>
    api.changeBudget(session.id, {
      ...(budget.usd !== null && { usd: parseAmount(usd) }),
      ...(budget.tokens !== null && { tokens: parseAmount(tokens) }),
      client: 'app',
    }),
  );
  const isValid =
    (budget.usd === null || isAmount(usd)) && (budget.tokens === null || isAmount(tokens));
  return (
    <form
      className="mt-1 flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isValid) raise.mutate();
      }}
    >
      {budget.usd === null ? null : (
        <Field label="New budget in US dollars" className="w-48">
          <TextInput
            inputMode="decimal"
            value={usd}
            onChange={(event) => setUsd(event.target.value)}
          />
        </Field>
      )}
      {budget.tokens === null ? null : (
        <Field label="New budget in tokens" className="w-48">
          <TextInput
            inputMode="numeric"
            value={tokens}
            onChange={(event) => setTokens(event.target.value)}
          />
        </Field>
      )}
      <ActionButton type="submit" tone="primary" disabled={!isValid || raise.isPending}>
        Raise and continue
      </ActionButton>
    </form>
  );
}

/** Double the budget, or 1.5 times what was spent; with less the session would stop again at once. */
const proposedBudget = (limit: number | null, spent: number): string =>
  limit === null ? '' : String(Math.max(limit * 2, Math.ceil(spent * 1.5)));

/** An empty field means no limit. */
const isAmount = (text: string): boolean => text.trim() === '' || Number(text) > 0;
const parseAmount = (text: string): number | null => (text.trim() === '' ? null : Number(text));
