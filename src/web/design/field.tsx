import { Field as BaseField } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';
import { toAppSuggestion } from './app-suggestion.ts';
import { classNames } from './class-names.ts';
import { MessageText } from './message-text.tsx';

export const controlClass =
  'rounded-md border border-line-strong bg-surface px-2 py-1 text-base text-ink outline-none focus-visible:border-accent focus-visible:outline-2 focus-visible:outline-accent aria-invalid:border-danger data-invalid:border-danger disabled:opacity-60';

/** A message below a control. Severity sets the color; the text carries the meaning. */
export type FieldProblem = {
  readonly severity: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly suggestion?: string | undefined;
};

const inks = { error: 'text-danger', warning: 'text-warn', notice: 'text-info' };

/** A labeled control with a hint and its validation problems. */
export function Field({
  label,
  context,
  hint,
  problems = [],
  children,
  className,
}: {
  label: string;
  /** Appended to the label for screen readers, where several fields have the same label. */
  context?: string;
  hint?: ReactNode;
  problems?: readonly FieldProblem[];
  children: ReactNode;
  className?: string;
}) {
  const isInvalid = problems.some(({ severity }) => severity === 'error');
  return (
    <BaseField.Root invalid={isInvalid} className={classNames('flex flex-col gap-1', className)}>
      <BaseField.Label className="font-medium text-muted text-sm">
        {label}
        {context === undefined ? null : <span className="sr-only"> of {context}</span>}
      </BaseField.Label>
      {children}
      {hint === undefined ? null : (
        <BaseField.Description className="text-muted text-sm">{hint}</BaseField.Description>
      )}
      {problems.map((problem) => (
        <BaseField.Description
          key={problem.message}
          className={classNames('text-sm', inks[problem.severity])}
        >
          <MessageText text={problem.message} />
          {problem.suggestion === undefined ? null : (
            <span className="block text-muted">
              <MessageText text={toAppSuggestion(problem.suggestion)} />
            </span>
          )}
        </BaseField.Description>
      ))}
    </BaseField.Root>
  );
}

export function TextInput({ className, ...rest }: ComponentProps<typeof BaseField.Control>) {
  return (
    <BaseField.Control
      className={classNames(controlClass, 'h-7 w-full', typeof className === 'string' && className)}
      {...rest}
    />
  );
}

export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <BaseField.Control
      render={<textarea {...rest} />}
      className={classNames(controlClass, 'scroll-thin min-h-16 w-full resize-y', className)}
    />
  );
}

export function NativeSelect({ className, children, ...rest }: ComponentProps<'select'>) {
  return (
    <BaseField.Control
      render={<select {...rest}>{children}</select>}
      className={classNames(controlClass, 'h-7 w-full py-0', className)}
    />
  );
}
