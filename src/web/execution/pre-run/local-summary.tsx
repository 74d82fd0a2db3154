import type { ReactNode } from 'react';
import type { LocalSummary } from '../../../contract/preflight-views.ts';
import { formatSize, plural } from '../../../lib/format.ts';
import { formatCommand } from '../../../lib/format-command.ts';
import { EnforcedPermissions } from '../../design/permission-table.tsx';
import { folderSourceTexts } from '../../design/run-mode-labels.ts';
import { SummaryLine } from './summary-line.tsx';

/** Where agents on this machine would work, from which state, and how they are restricted. */
export function LocalSummaryLines({ local }: { local: LocalSummary }) {
  return (
    <>
      <SummaryLine name="Folder">
        <Path>{local.folder}</Path>{' '}
        <span className="text-muted">({folderSourceTexts[local.folderSource]})</span>
      </SummaryLine>
      {local.branch === null ? null : (
        <SummaryLine name="Branch">
          <Path>{local.branch}</Path>
          {local.uncommittedFiles === 0 ? null : (
            <span className={local.carriesUncommitted ? 'text-muted' : 'text-warn'}>
              {' '}
              with {plural(local.uncommittedFiles, 'uncommitted file')}
              {uncommittedText(local)}
            </span>
          )}
        </SummaryLine>
      )}
      <SummaryLine name="Agents work in">
        {local.isolation === 'worktree'
          ? 'A git worktree and a branch for each agent; the folder is not changed'
          : 'The folder itself, one agent at a time'}
      </SummaryLine>
      {local.memoryBytes === 0 ? null : (
        <SummaryLine name="At the same time">
          At most {plural(local.agentsAtOnce, 'agent')}
          {local.waitingAgents === 0
            ? null
            : `, and ${local.waitingAgents} waiting for a permission`}
          , with about {formatSize(local.memoryBytes)} of memory
        </SummaryLine>
      )}
      {local.setup.length === 0 || local.isolation === 'in-place' ? null : (
        <SummaryLine name="Setup">
          <Lines lines={local.setup.map(formatCommand)} />
        </SummaryLine>
      )}
      {local.copy.length === 0 || local.isolation === 'in-place' ? null : (
        <SummaryLine name="Copied files">
          <Lines lines={local.copy} />
        </SummaryLine>
      )}
      {sandboxText(local) === null ? null : (
        <SummaryLine name="Sandbox">{sandboxText(local)}</SummaryLine>
      )}
      {local.pushTo === null ? null : (
        <SummaryLine name="Pushed branches">
          The branches that agents in the cloud start from, to <Path>{local.pushTo}</Path>
        </SummaryLine>
      )}
    </>
  );
}

/** The sandbox applies to agents that cannot ask before each call. */
function sandboxText({ sandbox, permissions }: LocalSummary): string | null {
  if (permissions.length > 0 && permissions.every(({ asks }) => asks)) return null;
  const scope = permissions.some(({ asks }) => asks) ? ', for Cursor Agent' : '';
  return sandbox
    ? `On${scope}: agents write only inside their working folder`
    : 'Off: agents can write wherever you can';
}

function uncommittedText({ isolation, carriesUncommitted }: LocalSummary): string {
  if (isolation === 'in-place') return ', which agents see and change';
  return carriesUncommitted ? ', which agents start with' : ', which agents do not see';
}

export function LocalPermissions({ local }: { local: LocalSummary }) {
  return (
    <div>
      <h3 className="font-medium">What agents on this machine may do</h3>
      <EnforcedPermissions local={local} />
    </div>
  );
}

function Path({ children }: { children: string }) {
  return <code className="font-mono text-sm [overflow-wrap:anywhere]">{children}</code>;
}

function Lines({ lines }: { lines: readonly string[] }): ReactNode {
  return lines.map((line) => (
    <span key={line} className="block">
      <Path>{line}</Path>
    </span>
  ));
}
