import { Tooltip } from '@base-ui/react/tooltip';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';
import { wasFocusMovedByKey } from './last-key.ts';

/** A square button whose label is its accessible name and its tooltip. */
export function IconButton({
  label,
  icon: Icon,
  shortcut,
  className,
  ...rest
}: { label: string; icon: LucideIcon; shortcut?: string } & ComponentProps<'button'>) {
  return (
    <Tooltip.Root
      onOpenChange={(isOpen, details) => {
        if (isOpen && details.reason === 'trigger-focus' && !wasFocusMovedByKey()) details.cancel();
      }}
    >
      <Tooltip.Trigger
        render={
          <button
            type="button"
            aria-label={label}
            className={classNames(
              'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-muted transition-colors',
              'hover:bg-hover hover:text-ink disabled:pointer-events-none disabled:opacity-40',
              className,
            )}
            {...rest}
          >
            <Icon aria-hidden size={16} strokeWidth={1.75} />
          </button>
        }
      />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-60">
          <Tooltip.Popup className="fade-in rounded-md border bg-raised px-2 py-1 text-ink text-sm shadow-2">
            {label}
            {shortcut === undefined ? null : (
              <kbd className="ml-2 font-mono text-muted text-xs">{shortcut}</kbd>
            )}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
