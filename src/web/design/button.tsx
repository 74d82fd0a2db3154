import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

type ButtonTone = 'primary' | 'plain' | 'quiet' | 'danger';

const tones: Record<ButtonTone, string> = {
  primary: 'bg-accent text-accent-ink border-transparent hover:bg-accent-hover',
  plain: 'bg-surface text-ink border-line-strong hover:bg-hover shadow-1',
  quiet: 'bg-transparent text-muted border-transparent hover:bg-hover hover:text-ink',
  danger: 'bg-danger text-surface border-transparent hover:bg-danger-hover',
};

/** Class names of a button, for links and for Base UI parts that render their own element. */
export function buttonClass(
  tone: ButtonTone = 'plain',
  size: 'small' | 'medium' = 'medium',
): string {
  return classNames(
    'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium',
    'transition-colors disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50',
    size === 'small' ? 'h-6 px-2 text-sm' : 'h-7 px-2.5 text-base',
    tones[tone],
  );
}

export type ButtonProps = ComponentProps<'button'> & {
  tone?: ButtonTone;
  size?: 'small' | 'medium';
};

export function Button({ tone, size, className, ...rest }: ButtonProps) {
  return (
    <button type="button" className={classNames(buttonClass(tone, size), className)} {...rest} />
  );
}
