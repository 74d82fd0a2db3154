import type { ReactNode } from 'react';
import type { LocalSummary } from '../../contract/preflight-views.ts';
import { formatSize, plural } from '../../lib/format.ts';
import { formatCommand } from '../../lib/format-command.ts';
import { EnforcedPermissions } from '../design/permission-table.tsx';
import { folderSourceTexts } from '../design/run-mode-labels.ts';
import { Line } from './summary-line.tsx';

/** Where agents on this machine would work, from what, and how they are held back. */
export function LocalLines({ local }: { local: LocalSummary }) {
  return (
    <>
      <Line name="Folder">
        <Path>{local.folder}</Path>{' '}
        <span className="text-muted">({folderSourceTexts[local.folderSource]})</span>
      </Line>
      {local.branch === null ? null : (
        <Line name="Branch">
          <Path>{local.branch}</Path>
          {local.uncommittedFiles === 0 ? null : (
            <span className={local.carriesUncommitted ? 'text-muted' : 'text-warn'}>
              {' '}
              with {plural(local.uncommittedFiles, 'uncommitted file')}
              {uncommittedWords(local)}
            </span>
          )}
        </Line>
      )}
      <Line name="Agents work in">
        {local.isolation === 'worktree'
          ? 'A git worktree and a branch for each agent; the folder is not changed'
          : 'The folder itself, one agent at a time'}
      </Line>
      {local.memoryBytes === 0 ? null : (
        <Line name="At the same time">
          At most {plural(local.agentsAtOnce, 'agent')}, with about {formatSize(local.memoryBytes)}{' '}
          of memory
        </Line>
      )}
      {local.setup.length === 0 || local.isolation === 'in-place' ? null : (
        <Line name="Setup">
          <Lines lines={local.setup.map(formatCommand)} />
        </Line>
      )}
      {local.copy.length === 0 || local.isolation === 'in-place' ? null : (
        <Line name="Copied files">
          <Lines lines={local.copy} />
        </Line>
      )}
      {sandboxWords(local) === null ? null : <Line name="Sandbox">{sandboxWords(local)}</Line>}
      {local.pushTo === null ? null : (
        <Line name="Pushed branches">
          The branches that agents in the cloud start from, to <Path>{local.pushTo}</Path>
        </Line>
      )}
    </>
  );
}

/** It is for agents that cannot ask before single calls. */
function sandboxWords({ sandbox, permissions }: LocalSummary): string | null {
  if (permissions.length > 0 && permissions.every(({ asks }) => asks)) return null;
  const whose = permissions.some(({ asks }) => asks) ? ', for Cursor Agent' : '';
  return sandbox
    ? `On${whose}: agents write only inside their working folder`
    : 'Off: agents can write wherever you can';
}

function uncommittedWords({ isolation, carriesUncommitted }: LocalSummary): string {
  if (isolation === 'in-place') return ', which agents see and change';
  return carriesUncommitted ? ', which agents start with' : ', which agents do not see';
}

/** What holds for each permission, as the daemon says it. */
export function Enforcement({ local }: { local: LocalSummary }) {
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
