import type { ComponentProps } from 'react';
import { Button, type ButtonProps, buttonClass } from '../design/button.tsx';
import { useConnectionState } from './connection.ts';

/** Whether nobody answers who could carry out what a person asks for. The screen says so, and comes back by itself. */
export const useIsOffline = (): boolean => useConnectionState() === 'offline';

/** A button that asks the daemon for something: it rests while nobody answers. */
export function ActionButton({ disabled, ...rest }: ButtonProps) {
  const isOffline = useIsOffline();
  return <Button disabled={isOffline || disabled === true} {...rest} />;
}

/**
 * A link to something that the daemon hands out, in the shape of a button or of what `className` says. It leads nowhere
 * while nobody answers: without an address it is no link and takes no focus, and its role stays, so that it is read.
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
