import type { LocalSummary } from '../../contract/preflight-views.ts';
import { formatSize, plural } from '../../lib/format.ts';
import { formatCommand } from '../../lib/format-command.ts';
import { type Line, line, quiet } from '../terminal/lines.ts';
import { pad } from '../terminal/text.ts';
import { permissionTable } from './permission-table.ts';

const LABEL_WIDTH = 9;

const folderSourceLabels: Readonly<Record<LocalSummary['folderSource'], string>> = {
  request: 'chosen for this run',
  workflow: 'set in the workflow',
  'workflow-file': 'the repository of the workflow file',
  'current-folder': 'the current folder',
  sample: 'a clone of the sample repository',
};

/** Before a run: where local agents will work, what they start from, and what they may do. */
export function localSummaryLines(local: LocalSummary): Line[] {
  const isInPlace = local.isolation === 'in-place';
  const row = (label: string, text: string, detail = ''): Line =>
    line(quiet(pad(label, LABEL_WIDTH)), text, quiet(detail));
  const preparation = isInPlace
    ? []
    : [
        ...local.setup.map((command) => row('Setup', formatCommand(command))),
        ...local.copy.map((pattern) => row('Copied', pattern)),
      ];
  return [
    row('Folder', local.folder, ` (${folderSourceLabels[local.folderSource]})`),
    ...(local.branch === null ? [] : [row('Branch', local.branch, formatUncommitted(local))]),
    row(
      'Work in',
      isInPlace
        ? 'the folder itself, one agent at a time'
        : 'a git worktree and a branch for each agent; the folder is not changed',
    ),
    ...(local.memoryBytes === 0 ? [] : [row('Parallel', formatParallelism(local))]),
    ...preparation,
    ...sandboxLines(local).map((text) => row('Sandbox', text)),
    ...(local.pushTo === null
      ? []
      : [row('Pushes', `branches that agents in the cloud start from, to ${local.pushTo}`)]),
    ...(local.permissions.some(({ asks }) => asks)
      ? permissionTable(local)
      : local.enforcement.map((sentence) => row('', sentence))),
  ];
}

const formatParallelism = ({ agentsAtOnce, waitingAgents, memoryBytes }: LocalSummary): string =>
  `at most ${plural(agentsAtOnce, 'agent')}${waitingAgents === 0 ? '' : `, and ${waitingAgents} waiting for a permission`}, with about ${formatSize(memoryBytes)} of memory`;

/** The sandbox applies only to agents that cannot ask before tool calls. */
function sandboxLines({ sandbox, permissions }: LocalSummary): readonly string[] {
  if (permissions.length > 0 && permissions.every(({ asks }) => asks)) return [];
  const scope = permissions.some(({ asks }) => asks) ? ', for Cursor Agent' : '';
  return [
    sandbox
      ? `on${scope}: agents write only inside their working folder`
      : 'off: agents can write wherever you can',
  ];
}

function formatUncommitted({
  uncommittedFiles,
  isolation,
  carriesUncommitted,
}: LocalSummary): string {
  if (uncommittedFiles === 0) return '';
  const files = ` with ${plural(uncommittedFiles, 'uncommitted file')}`;
  if (isolation === 'in-place') return `${files}, which agents see and change`;
  return `${files}, which agents ${carriesUncommitted ? 'start with' : 'do not see'}`;
}
