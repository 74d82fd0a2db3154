import { useState } from 'react';
import type { PlanView } from '../../contract/flow-views.ts';
import { PlanChanges } from '../changes/plan-changes.tsx';
import { Button } from '../design/button.tsx';
import { Markdown } from '../design/markdown.tsx';
import { Age } from '../design/relative-time.tsx';

/** The newest plan of an agent: its final text, the answer, and what the user changed. */
export function PlanPanel({ plan }: { plan: PlanView }) {
  const { proposed, edited, note, askedAt, answeredAt } = plan;
  const [isComparing, setIsComparing] = useState(false);
  return (
    <div className="flex max-w-200 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p>
          <span className="font-medium">{answerOf(plan)}</span>{' '}
          <span className="text-muted">
            <Age instant={answeredAt ?? askedAt} />
          </span>
        </p>
        {edited === null ? null : (
          <Button
            size="small"
            aria-pressed={isComparing}
            onClick={() => setIsComparing(!isComparing)}
          >
            {isComparing ? 'Show the plan' : 'Show what was changed'}
          </Button>
        )}
      </div>
      {note === null ? null : (
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">
          <span className="text-muted">Note:</span> {note}
        </p>
      )}
      {edited !== null && isComparing ? (
        <div className="overflow-hidden rounded-md border">
          <PlanChanges proposed={proposed} edited={edited} />
        </div>
      ) : (
        <Markdown text={edited ?? proposed} />
      )}
    </div>
  );
}

function answerOf({ answer, edited, by }: PlanView): string {
  switch (answer) {
    case null:
      return 'Waits for your approval';
    case 'approve':
      return edited === null ? `Approved (${by})` : `Edited and approved (${by})`;
    case 'changes':
      return `Changes were requested (${by})`;
    case 'reject':
      return `Rejected (${by})`;
    default:
      return answer satisfies never;
  }
}
