import type { ComponentProps } from 'react';
import { Button, type ButtonProps, buttonClass } from '../design/button.tsx';
import { useConnectionState } from './connection.ts';

/** Whether the daemon cannot be reached, so that actions are unavailable. The app reconnects automatically. */
export const useIsOffline = (): boolean => useConnectionState() === 'offline';

/** A button for an action of the daemon; disabled while the daemon cannot be reached. */
export function ActionButton({ disabled, ...rest }: ButtonProps) {
  const isOffline = useIsOffline();
  return <Button disabled={isOffline || disabled === true} {...rest} />;
}

/**
 * A download link to the daemon, styled as a button or by `className`. While the daemon cannot be reached it has no
 * address and takes no focus, but keeps its role for screen readers.
 */
export function DownloadLink({
  href,
  tone,
  size,
  ...rest
}: { href: string } & ComponentProps<'a'> & Pick<ButtonProps, 'tone' | 'size'>) {
  const target = useIsOffline()
    ? ({ role: 'link', 'aria-disabled': true } as const)
    : { href, download: true };
  return <a {...target} className={buttonClass(tone, size)} {...rest} />;
}
