import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { type ReactNode, useId } from 'react';

export function Switch({
  label,
  hint,
  checked,
  onChange,
  disabled = false,
}: {
  label: string;
  hint?: ReactNode;
  checked: boolean;
  onChange: (isOn: boolean) => void;
  disabled?: boolean;
}) {
  const labelId = useId();
  const hintId = useId();
  return (
    <div className="flex items-start gap-3">
      <BaseSwitch.Root
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-labelledby={labelId}
        aria-describedby={hint === undefined ? undefined : hintId}
        className="mt-0.5 flex h-4 w-7 shrink-0 rounded-full border border-line-strong bg-sunken p-px transition-colors data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50"
      >
        <BaseSwitch.Thumb className="size-3 rounded-full bg-muted transition-transform data-checked:translate-x-3 data-checked:bg-accent-ink" />
      </BaseSwitch.Root>
      <div className="min-w-0">
        <div id={labelId} className="font-medium">
          {label}
        </div>
        {hint === undefined ? null : (
          <div id={hintId} className="text-muted">
            {hint}
          </div>
        )}
      </div>
    </div>
  );
}
