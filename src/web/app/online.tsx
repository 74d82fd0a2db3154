import type { ComponentProps } from 'react';
import { Button, type ButtonProps, buttonClass } from '../design/button.tsx';
import { classNames } from '../design/class-names.ts';
import { useConnectionState } from './connection.ts';

/** Whether nobody answers who could carry out what a person asks for. The screen says so, and comes back by itself. */
export const useIsOffline = (): boolean => useConnectionState() === 'offline';

/** A button that asks the daemon for something: it rests while nobody answers. */
export function ActionButton({ disabled, ...rest }: ButtonProps) {
  const isOffline = useIsOffline();
  return <Button disabled={isOffline || disabled === true} {...rest} />;
}

/** A link to something that the daemon makes, in the shape of a button; it leads nowhere while nobody answers. */
export function DownloadLink({
  href,
  tone,
  size,
  className,
  ...rest
}: ComponentProps<'a'> & Pick<ButtonProps, 'tone' | 'size'>) {
  const isOffline = useIsOffline();
  return (
    // Without an address it is no link, and takes no focus; its role stays, so that its name is read.
    <a
      {...(isOffline ? { role: 'link', 'aria-disabled': true } : { href, download: true })}
      className={classNames(buttonClass(tone, size), className)}
      {...rest}
    />
  );
}
