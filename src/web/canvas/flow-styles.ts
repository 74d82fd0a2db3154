import { type LucideIcon, MoveRight, Repeat, ShieldCheck, Split } from 'lucide-react';
import { isBlank } from '../../lib/blank.ts';
import { plural } from '../../lib/format.ts';
import { maxRoundsOf } from '../../workflow/loops.ts';
import type { Connection, FlowType } from '../../workflow/schema.ts';

type FlowStyle = {
  readonly name: string;
  readonly icon: LucideIcon;
  /** The color of its line. */
  readonly ink: string;
};

/** The name, icon and color of each flow type. */
export const flowStyles: Readonly<Record<FlowType, FlowStyle>> = {
  always: { name: 'Always', icon: MoveRight, ink: 'var(--line-strong)' },
  conditional: { name: 'Conditional', icon: Split, ink: 'var(--info)' },
  'approval-gate': { name: 'Approval gate', icon: ShieldCheck, ink: 'var(--warn)' },
  loop: { name: 'Loop', icon: Repeat, ink: 'var(--accent)' },
};

/** The label of a connection; empty for an unconditional one without a label. */
export function connectionLabel(connection: Connection): string {
  const { flowType, label, isElse, condition, expression } = connection;
  if (label !== undefined && !isBlank(label)) return label;
  switch (flowType) {
    case 'always':
      return '';
    case 'conditional':
      return isElse === true ? 'Else' : (expression ?? condition ?? 'No condition yet');
    case 'approval-gate':
      return 'Approval';
    case 'loop':
      return loopLabel(connection);
    default:
      return flowType satisfies never;
  }
}

/** Matches the validation rules: a loop without an exit condition and a number of rounds cannot run. */
function loopLabel(connection: Connection): string {
  const { loopCondition, expression, maxIterations } = connection;
  const rounds = plural(maxRoundsOf(connection), 'round');
  if (!isBlank(loopCondition) || expression !== undefined) return `Up to ${rounds}`;
  return maxIterations === undefined ? 'No exit condition yet' : rounds;
}
