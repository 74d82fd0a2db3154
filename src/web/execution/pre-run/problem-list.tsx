import type { Problem } from '../../../contract/error-views.ts';
import { ApiError } from '../../../contract/errors.ts';
import { Button } from '../../design/button.tsx';
import { Callout } from '../../design/callout.tsx';
import { MessageText } from '../../design/message-text.tsx';
import { Failure } from '../../kernel/failure.tsx';
import { navigate } from '../../kernel/route.ts';
import { UpgradeCard } from '../../settings/upgrade-card.tsx';
import { groupProblems } from './group-problems.ts';

/** Problems that prevent a run, and notices about it. */
export function ProblemList({ problems }: { problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  const gated = problems.filter(({ code }) => code === 'license_required');
  const others = problems.filter(({ code }) => code !== 'license_required');
  return (
    <section aria-label="Problems" className="flex flex-col gap-2">
      {gated.map(({ pointer, path }) => (
        <UpgradeCard key={pointer} feature={gatedFeature(path)} />
      ))}
      {groupProblems(others).map(([first, ...rest]) => (
        <Callout
          key={`${first.code}:${first.pointer}`}
          tone={first.severity}
          title={first.message}
          action={
            first.path[0] === 'settings' ? (
              <Button
                size="small"
                onClick={() => navigate({ dialog: 'settings', tab: 'workflow' })}
              >
                Settings
              </Button>
            ) : undefined
          }
        >
          {rest.length === 0 ? first.suggestion : <SimilarProblems first={first} rest={rest} />}
        </Callout>
      ))}
    </section>
  );
}

function SimilarProblems({ first, rest }: { first: Problem; rest: readonly Problem[] }) {
  return (
    <>
      {first.suggestion === undefined ? null : (
        <p>
          <MessageText text={first.suggestion} />
        </p>
      )}
      <details>
        <summary className="cursor-pointer rounded-sm hover:text-ink">
          {rest.length} more of this kind
        </summary>
        <ul className="mt-1 flex list-disc flex-col gap-0.5 pl-5">
          {rest.map(({ pointer, message }) => (
            <li key={`${pointer}:${message}`}>
              <MessageText text={message} />
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

/** Why a run was rejected: the problems with their suggestions. */
export function StartFailure({ error }: { error: Error }) {
  if (!(error instanceof ApiError) || error.problems.length === 0) return <Failure error={error} />;
  return error.problems.map((problem) => (
    <Callout key={problem.message} tone={problem.severity} title={problem.message}>
      {problem.suggestion}
    </Callout>
  ));
}

function gatedFeature(path: Problem['path']): string {
  if (path[0] === 'agents') return 'Separate providers for agents';
  return path[1] === 'mcpServers' ? 'MCP servers' : 'Cursor cloud runs';
}
