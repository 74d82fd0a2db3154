import { Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { agentsIn } from '../../../workflow/placement.ts';
import type { Workflow } from '../../../workflow/schema.ts';
import { Button } from '../../design/button.tsx';
import { Dialog } from '../../design/dialog.tsx';
import { Field, TextArea } from '../../design/field.tsx';
import { FolderInput } from '../../folders/folder-input.tsx';
import { ActionButton } from '../../kernel/action-button.tsx';
import { Failure } from '../../kernel/failure.tsx';
import { closeDialog } from '../../kernel/route.ts';
import { useResolvedWorkflow } from '../../providers/use-providers.ts';
import { ConfirmRun } from './confirm-run.tsx';
import { ProblemList, StartFailure } from './problem-list.tsx';
import { RunSummary } from './run-summary.tsx';
import { useRun } from './use-run.ts';

/** What a run would do, and all problems that prevent it, before anything is started. */
export function PreRunDialog({
  workflow,
  path,
  onlyAgentId,
}: {
  workflow: Workflow;
  path: string;
  onlyAgentId: string | null;
}) {
  const [isConfirming, setIsConfirming] = useState(false);
  const { input, setInput, folder, setFolder, preflight, start, canStart } = useRun(
    workflow,
    path,
    onlyAgentId,
  );
  const isLocal = agentsIn('local', useResolvedWorkflow(workflow)).some(
    ({ id }) => onlyAgentId === null || id === onlyAgentId,
  );
  const plan = preflight.data;
  const runButton = useRef<HTMLButtonElement>(null);
  // Lets Enter run it once that is possible, unless the user has moved the focus.
  useEffect(() => {
    if (canStart && document.activeElement?.matches('[role=dialog], body'))
      runButton.current?.focus();
  }, [canStart]);
  const run = () => {
    if (plan === undefined || !canStart || start.isPending) return;
    if (plan.confirmations.length > 0) setIsConfirming(true);
    else start.mutate([]);
  };

  return (
    <Dialog
      title="Execution"
      open
      onClose={closeDialog}
      width="medium"
      header={
        <span className="truncate text-muted" title={workflow.name}>
          {workflow.name}
        </span>
      }
      footer={
        <>
          <Button onClick={closeDialog}>Cancel</Button>
          <ActionButton
            tone="primary"
            ref={runButton}
            disabled={!canStart || start.isPending}
            onClick={run}
          >
            <Play aria-hidden size={14} /> {start.isPending ? 'Starting…' : 'Run'}
          </ActionButton>
        </>
      }
    >
      <div className="scroll-thin flex flex-col gap-4 overflow-y-auto p-4">
        {preflight.isError ? (
          <Failure error={preflight.error} onRetry={() => void preflight.refetch()} />
        ) : null}
        {start.isError ? <StartFailure error={start.error} /> : null}
        {plan === undefined && !preflight.isError ? (
          <p className="text-muted">Checking what this run needs…</p>
        ) : null}
        {plan === undefined ? null : <ProblemList problems={plan.problems} />}
        {plan?.summary ? <RunSummary summary={plan.summary} /> : null}
        {isLocal ? (
          <Field
            label="Folder"
            hint="Optional, for this run only: the absolute path of the folder to work in."
          >
            <FolderInput
              value={folder}
              placeholder={plan?.summary?.local?.folder ?? '/path/to/folder'}
              onChange={setFolder}
            />
          </Field>
        ) : null}
        <Field
          label="Input"
          hint="Optional: every agent gets this in addition to its instructions."
        >
          <TextArea rows={2} value={input} onChange={(event) => setInput(event.target.value)} />
        </Field>
      </div>
      <ConfirmRun
        open={isConfirming}
        confirmations={plan?.confirmations ?? []}
        onClose={() => setIsConfirming(false)}
        onConfirm={() => start.mutate(plan?.confirmations ?? [])}
      />
    </Dialog>
  );
}
