import { Copy, Play, Trash2 } from 'lucide-react';
import type { Problem } from '../../contract/error-views.ts';
import { bottomOf, columnNumbers } from '../../workflow/edit/columns.ts';
import {
  type Change,
  duplicateAgents,
  placeAgents,
  removeAgents,
  updateAgent,
} from '../../workflow/edit/operations.ts';
import { agentId } from '../../workflow/ids.ts';
import { providerOf } from '../../workflow/placement.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { Field, NativeSelect, TextArea, TextInput } from '../design/field.tsx';
import { openExecution } from '../kernel/route.ts';
import { ModelField } from '../providers/model-field.tsx';
import { ProviderChips } from '../providers/provider-chips.tsx';
import { useProvider, useResolvedWorkflow } from '../providers/use-providers.ts';
import { AgentFlowFields } from './agent-flow-fields.tsx';
import { edit } from './editor.ts';
import { ModeField, ModelParameterFields } from './model-options.tsx';
import { OutputDefinitionFields } from './output-definition-fields.tsx';
import { Panel } from './panel.tsx';
import { problemsAt } from './problems.ts';
import { roles } from './roles.ts';
import { RunModeField } from './run-mode-field.tsx';
import { LinesField } from './text-fields.tsx';
import { LoopFields, UpstreamFields } from './upstream-fields.tsx';

type AgentPanelProps = {
  workflow: Workflow;
  agent: Agent;
  problems: readonly Problem[];
  onClose: () => void;
};

/** All fields of an agent, with their problems. */
export function AgentPanel({ workflow: document, agent, problems, onClose }: AgentPanelProps) {
  const workflow = useResolvedWorkflow(document);
  const index = workflow.agents.indexOf(agent);
  const problemsFor = (...path: (string | number)[]) =>
    problemsAt(problems, 'agents', index, ...path);
  const change = (field: string, value: Change<Agent>) =>
    edit(updateAgent(agent.id, value), `agent:${agent.id}:${field}`);
  const ownProblems = problemsFor().filter(({ path }) => path.length === 2);

  return (
    <Panel
      label={`Agent ${agent.name}`}
      title={agent.name || 'No name'}
      onClose={onClose}
      footer={<AgentActions agent={agent} onClose={onClose} />}
    >
      <Field label="Name" problems={[...ownProblems, ...problemsFor('name'), ...problemsFor('id')]}>
        <TextInput
          value={agent.name}
          onChange={(event) => change('name', { name: event.target.value })}
        />
      </Field>
      <div className="grid grid-cols-2 gap-3">
        <RoleField agent={agent} onChange={(role) => change('role', { role })} />
        <AgentModel
          workflow={workflow}
          agent={agent}
          problems={problemsFor('model')}
          onChange={(model) => change('model', { model })}
        />
      </div>
      <ModelParameterFields
        agent={agent}
        problems={problemsFor('modelParameters').filter(({ path }) => path.length === 3)}
        problemsOf={(parameter) => problemsFor('modelParameters', parameter)}
        onChange={(modelParameters) => change('modelParameters', { modelParameters })}
      />
      <Field label="Instructions" problems={problemsFor('instructions')}>
        <TextArea
          rows={8}
          value={agent.instructions}
          placeholder="What should this agent do?"
          onChange={(event) => change('instructions', { instructions: event.target.value })}
        />
      </Field>
      <OutputDefinitionFields
        value={agent.outputDefinition}
        problems={problemsFor('outputDefinition')}
        onChange={(outputDefinition) => change('output', { outputDefinition })}
      />
      <LinesField
        label="Input files"
        hint="Files that the agent reads, one per line. It waits for the agents that write them."
        lines={agent.inputFiles}
        problems={problemsFor('inputFiles')}
        onChange={(inputFiles) => change('inputs', { inputFiles })}
      />
      <LinesField
        label="Output files"
        hint="Files that the agent writes, one per line."
        lines={agent.outputFiles}
        problems={problemsFor('outputFiles')}
        onChange={(outputFiles) => change('outputs', { outputFiles })}
      />
      <UpstreamFields workflow={workflow} agent={agent} />
      <LoopFields workflow={workflow} agent={agent} />
      <ProviderChips
        workflow={workflow}
        agent={agent}
        problems={problemsFor('providerId')}
        onChange={(providerId) => change('provider', { providerId })}
      />
      <div className="grid grid-cols-2 gap-3">
        <ColumnField workflow={workflow} agent={agent} />
        <RunModeField
          workflow={workflow}
          agent={agent}
          problems={problemsFor('runMode')}
          onChange={(runMode) => change('run-mode', { runMode })}
        />
        <ModeField
          agent={agent}
          problems={problemsFor('mode')}
          onChange={(mode) => change('mode', { mode })}
        />
      </div>
      <AgentFlowFields agent={agent} problemsFor={problemsFor} change={change} />
      <OtherProblems problems={[...problemsFor('images'), ...problemsFor('subagents')]} />
    </Panel>
  );
}

/** Problems of fields that can be edited only in the file. */
function OtherProblems({ problems }: { problems: readonly Problem[] }) {
  return problems.map(({ message, severity, suggestion }) => (
    <Callout key={message} tone={severity} title={message}>
      {suggestion}
    </Callout>
  ));
}

function AgentActions({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  return (
    <>
      <Button size="small" onClick={() => openExecution(null, agent.id)}>
        <Play aria-hidden size={12} /> Run alone
      </Button>
      <Button
        size="small"
        onClick={() =>
          edit(duplicateAgents(new Set([agent.id]), () => agentId(crypto.randomUUID())))
        }
      >
        <Copy aria-hidden size={12} /> Duplicate
      </Button>
      <span className="flex-1" />
      <Button
        size="small"
        tone="quiet"
        onClick={() => {
          edit(removeAgents(new Set([agent.id])));
          onClose();
        }}
      >
        <Trash2 aria-hidden size={12} /> Remove
      </Button>
    </>
  );
}

function RoleField({ agent, onChange }: { agent: Agent; onChange: (role: string) => void }) {
  const isKnown = roles.some(({ id }) => id === agent.role);
  return (
    <Field label="Role">
      <NativeSelect value={agent.role} onChange={(event) => onChange(event.target.value)}>
        {isKnown ? null : <option value={agent.role}>{agent.role}</option>}
        {roles.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </NativeSelect>
    </Field>
  );
}

function AgentModel({
  workflow: { settings },
  agent,
  problems,
  onChange,
}: {
  workflow: Workflow;
  agent: Agent;
  problems: readonly Problem[];
  onChange: (value: string | undefined) => void;
}) {
  const { provider, models } = useProvider(providerOf(agent, settings));
  return (
    <ModelField
      label="Model"
      models={models}
      value={agent.model ?? ''}
      placeholder={provider?.defaultModel ?? 'Default'}
      problems={problems}
      onChange={(value) => onChange(value || undefined)}
    />
  );
}

/** Moves an agent to another column without dragging. */
function ColumnField({ workflow, agent }: { workflow: Workflow; agent: Agent }) {
  const column = columnNumbers(workflow.agents).get(agent.id) ?? 0;
  const move = (to: number) => {
    const others = workflow.agents.filter(({ id }) => id !== agent.id);
    edit(placeAgents(new Map([[agent.id, bottomOf(others, to)]])));
  };
  return (
    <Field label="Column">
      <TextInput
        type="number"
        min={1}
        value={column + 1}
        onChange={(event) => {
          const column = event.target.valueAsNumber;
          if (Number.isInteger(column) && column >= 1) move(column - 1);
        }}
      />
    </Field>
  );
}
