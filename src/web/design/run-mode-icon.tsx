import { Cloud, Laptop } from 'lucide-react';
import { classNames } from './class-names.ts';
import { runModeLabels } from './run-mode-labels.ts';

/** The run mode as an icon, with its label as accessible name and tooltip. */
export function RunModeIcon({
  mode,
  className,
}: {
  mode: keyof typeof runModeLabels;
  className?: string;
}) {
  const Icon = mode === 'cloud' ? Cloud : Laptop;
  const label = runModeLabels[mode];
  return (
    <span
      role="img"
      aria-label={label}
      title={label}
      className={classNames('inline-flex shrink-0 text-muted', className)}
    >
      <Icon aria-hidden size={14} />
    </span>
  );
}
