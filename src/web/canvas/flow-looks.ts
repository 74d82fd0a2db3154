import { type LucideIcon, MoveRight, Repeat, ShieldCheck, Split } from 'lucide-react';
import { isBlank } from '../../lib/blank.ts';
import { maxRoundsOf } from '../../workflow/loops.ts';
import type { Connection, FlowType } from '../../workflow/schema.ts';

type FlowLook = {
  readonly name: string;
  readonly icon: LucideIcon;
  /** Of its line, as a role of the design. */
  readonly ink: string;
};

/** How each kind of connection is called and drawn. */
export const flowLooks: Readonly<Record<FlowType, FlowLook>> = {
  always: { name: 'Always', icon: MoveRight, ink: 'var(--line-strong)' },
  conditional: { name: 'Conditional', icon: Split, ink: 'var(--info)' },
  'approval-gate': { name: 'Approval gate', icon: ShieldCheck, ink: 'var(--warn)' },
  loop: { name: 'Loop', icon: Repeat, ink: 'var(--accent)' },
};

/** What stands on the line of a connection; nothing on one that is always taken and has no label. */
export function flowWords(connection: Connection): string {
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
      return `Up to ${maxRoundsOf(connection)} rounds`;
    default:
      return flowType satisfies never;
  }
}
