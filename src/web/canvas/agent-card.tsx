import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import {
  CircleAlert,
  ClipboardCheck,
  FileInput,
  FileOutput,
  type LucideIcon,
  Play,
  Repeat,
  TriangleAlert,
} from 'lucide-react';
import type { Problem } from '../../contract/error-views.ts';
import { plural } from '../../lib/format.ts';
import type { RunMode } from '../../workflow/schema/settings.ts';
import type { Agent } from '../../workflow/schema.ts';
import { classNames } from '../design/class-names.ts';
import { IconButton } from '../design/icon-button.tsx';
import { RunModeIcon } from '../design/run-mode-icon.tsx';
import { AgentStatusIcon } from '../design/status.tsx';
import { roleOf } from './roles.ts';
import type { AgentOutcome } from './session-overlay.ts';

export type AgentNode = Node<
  {
    agent: Agent;
    /** The agent's run mode, if it differs from the workflow's. */
    otherRunMode: RunMode | null;
    /** The name of its provider, if it differs from the workflow's. */
    provider: string | null;
    /** Its state in the session that is shown. */
    run: AgentOutcome | null;
    problems: readonly Problem[];
    onRun: () => void;
  },
  'agent'
>;

/** An agent on the canvas, with its problems. */
export function AgentCard({ data, selected }: NodeProps<AgentNode>) {
  const { agent, otherRunMode, provider, run, problems, onRun } = data;
  const role = roleOf(agent.role);
  const hasErrors = problems.some(({ severity }) => severity === 'error');
  return (
    <div
      className={classNames(
        'w-60 rounded-lg border bg-surface shadow-1 transition-shadow',
        hasErrors ? 'border-danger' : 'border-line-strong',
        selected && 'outline-2 outline-accent outline-offset-1',
      )}
    >
      <Handle type="target" position={Position.Left} className="agent-handle" />
      <div className="flex items-center gap-2 px-3 pt-2.5">
        <role.icon aria-hidden size={16} className="shrink-0 text-accent" />
        <div className="min-w-0 flex-1">
          <div className="truncate font-semibold" title={agent.name}>
            {agent.name || 'No name'}
          </div>
        </div>
        {run === null ? null : <AgentStatusIcon status={run.status} />}
        <IconButton
          label={`Run only ${agent.name}`}
          icon={Play}
          className="nodrag size-6"
          onClick={(event) => {
            event.stopPropagation();
            onRun();
          }}
        />
      </div>
      <p className="line-clamp-2 min-h-8 px-3 text-muted text-sm">
        {agent.instructions || 'No instructions yet'}
      </p>
      <div className="mt-2 flex items-center gap-2 border-t px-3 py-1.5 text-muted text-xs">
        {otherRunMode === null ? null : <RunModeIcon mode={otherRunMode} />}
        <span className="truncate">{role.name}</span>
        {provider === null ? null : (
          <span className="truncate rounded-sm bg-sunken px-1" title={`Provider: ${provider}`}>
            {provider}
          </span>
        )}
        {agent.model === undefined ? null : <span className="truncate">{agent.model}</span>}
        <span className="flex-1" />
        <FeatureIcon icon={ClipboardCheck} label="Plan first" isOn={agent.planFirst === true} />
        <FeatureIcon icon={Repeat} label="Repeats until done" isOn={agent.loop !== undefined} />
        <Round run={run} />
        <Files icon={FileInput} label="read" amount={agent.inputFiles.length} />
        <Files icon={FileOutput} label="written" amount={agent.outputFiles.length} />
        <ProblemMark problems={problems} />
      </div>
      <Handle type="source" position={Position.Right} className="agent-handle" />
    </div>
  );
}

function Round({ run }: { run: AgentOutcome | null }) {
  if (run === null || run.rounds === 1) return null;
  const label = `Round ${run.round} of ${run.rounds}`;
  return (
    <span role="img" aria-label={label} title={label} className="tabular-nums">
      {run.round}/{run.rounds}
    </span>
  );
}

function Files({
  icon: Icon,
  label,
  amount,
}: {
  icon: typeof FileInput;
  label: string;
  amount: number;
}) {
  if (amount === 0) return null;
  return (
    <span className="flex items-center gap-0.5" title={`${plural(amount, 'file')} ${label}`}>
      <Icon aria-hidden size={12} />
      {amount}
    </span>
  );
}

function FeatureIcon({
  icon: Icon,
  label,
  isOn,
}: {
  icon: LucideIcon;
  label: string;
  isOn: boolean;
}) {
  if (!isOn) return null;
  return (
    <span role="img" aria-label={label} title={label}>
      <Icon aria-hidden size={12} />
    </span>
  );
}

function ProblemMark({ problems }: { problems: readonly Problem[] }) {
  const serious = problems.filter(({ severity }) => severity !== 'notice');
  if (serious.length === 0) return null;
  const isError = serious.some(({ severity }) => severity === 'error');
  const Icon = isError ? CircleAlert : TriangleAlert;
  return (
    <span
      className={classNames('flex items-center gap-1', isError ? 'text-danger' : 'text-warn')}
      title={serious.map(({ message }) => message).join('\n')}
    >
      <Icon aria-hidden size={12} />
      {plural(serious.length, 'problem')}
    </span>
  );
}
