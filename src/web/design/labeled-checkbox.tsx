import { Checkbox } from '@base-ui/react/checkbox';
import { Check } from 'lucide-react';

/** A checkbox with its label next to it, for lists. */
export function LabeledCheckbox({
  label,
  checked,
  onToggle,
  indeterminate = false,
  note,
}: {
  label: string;
  checked: boolean;
  onToggle: () => void;
  indeterminate?: boolean;
  note?: string;
}) {
  return (
    <div className="flex items-center gap-2">
      <Checkbox.Root
        aria-label={label}
        checked={checked}
        indeterminate={indeterminate}
        onCheckedChange={onToggle}
        className="flex size-4 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-surface data-checked:border-accent data-checked:bg-accent data-checked:text-accent-ink"
      >
        <Checkbox.Indicator className="data-indeterminate:hidden">
          <Check aria-hidden size={12} />
        </Checkbox.Indicator>
      </Checkbox.Root>
      <span className="min-w-0 flex-1 truncate">{label}</span>
      {note === undefined ? null : <span className="text-muted text-xs">{note}</span>}
    </div>
  );
}
