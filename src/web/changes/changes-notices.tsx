import type { ChangesView } from '../../contract/changes.ts';
import { plural, repositoryName } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { AppliedList } from './applied-list.tsx';
import { PathList } from './path-list.tsx';
import type { Subject } from './use-changes.ts';

/** Notices above the changes: failures, missing outputs, and what was applied. */
export function ChangesNotices({
  subject,
  changes,
  onRetry,
}: {
  subject: Subject;
  changes: ChangesView;
  onRetry: () => void;
}) {
  const { failures, missingOutputs, applied, repositories, isAppliedAlready } = changes;
  const earlier = repositories.filter(({ isFromEarlier }) => isFromEarlier);
  const hasFiles = repositories.some(({ fileCount }) => fileCount > 0);
  const inPlace = isAppliedAlready && hasFiles;
  const count = failures.length + missingOutputs.length + applied.length + earlier.length;
  if (count === 0 && !inPlace) return null;
  return (
    <div className="scroll-thin flex max-h-60 shrink-0 flex-col gap-2 overflow-y-auto border-b px-4 py-3 short:max-h-none">
      {failures.map((failure) => (
        <Callout
          key={failure.repoUrl}
          tone="error"
          title={`The changes in ${repositoryName(failure.repoUrl)} cannot be shown: ${failure.message}`}
          action={
            <Button size="small" onClick={onRetry}>
              Try again
            </Button>
          }
        >
          {failure.suggestion}
        </Callout>
      ))}
      {missingOutputs.map(({ agentId, name, outputs }) => (
        <Callout
          key={agentId}
          tone="warning"
          title={`${name} did not create ${plural(outputs.length, 'file')} that the workflow expects`}
        >
          <PathList paths={outputs} />
        </Callout>
      ))}
      {earlier.map(({ place, repoUrl }) => (
        <Callout
          key={`${place} ${repoUrl}`}
          tone="warning"
          title={`${repositoryName(repoUrl)} could not be reached`}
        >
          These are the changes as they were fetched earlier.
        </Callout>
      ))}
      {inPlace ? (
        <Callout tone="notice" title="These changes are in the folder already">
          The agents worked in the folder itself, so there is nothing to apply.
        </Callout>
      ) : null}
      <AppliedList sessionId={subject.session.id} applied={applied} />
    </div>
  );
}
