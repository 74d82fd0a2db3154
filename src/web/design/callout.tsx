import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { toAppSuggestion } from './app-suggestion.ts';
import { classNames } from './class-names.ts';
import { MessageText } from './message-text.tsx';

type CalloutTone = 'error' | 'warning' | 'notice';

const styles = {
  error: { icon: CircleAlert, box: 'bg-danger-soft', ink: 'text-danger', label: 'Error' },
  warning: { icon: TriangleAlert, box: 'bg-warn-soft', ink: 'text-warn', label: 'Warning' },
  notice: { icon: Info, box: 'bg-info-soft', ink: 'text-info', label: 'Notice' },
} as const;

/** A message with its severity, and what to do next. */
export function Callout({
  tone,
  title,
  children,
  action,
}: {
  tone: CalloutTone;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  const { icon: Icon, box, ink, label } = styles[tone];
  return (
    <div className={classNames('flex items-start gap-2 rounded-md px-3 py-2', box)}>
      <Icon
        aria-label={label}
        role="img"
        size={16}
        className={classNames('mt-0.5 shrink-0', ink)}
      />
      <div className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <div className="font-medium">
          {typeof title === 'string' ? <MessageText text={title} /> : title}
        </div>
        {children === undefined ? null : (
          <div className="text-muted">
            {typeof children === 'string' ? (
              <MessageText text={toAppSuggestion(children)} />
            ) : (
              children
            )}
          </div>
        )}
      </div>
      {action}
    </div>
  );
}
