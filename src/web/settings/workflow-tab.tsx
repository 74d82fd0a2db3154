import { FileQuestion } from 'lucide-react';
import { updateSettings, updateWorkflow } from '../../workflow/edit/operations.ts';
import { agentsIn, CURSOR_PROVIDER } from '../../workflow/placement.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit, useEditor } from '../canvas/editor.ts';
import { problemsAt, useProblems } from '../canvas/problems.ts';
import { JsonField } from '../canvas/text-fields.tsx';
import { Callout } from '../design/callout.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { Field, TextArea, TextInput } from '../design/field.tsx';
import { RadioCards } from '../design/radio-cards.tsx';
import { useLicense } from '../kernel/queries.ts';
import { useResolvedWorkflow } from '../providers/use-providers.ts';
import { WorkflowProvider } from '../providers/workflow-provider.tsx';
import { BudgetFields } from './budget-fields.tsx';
import { CloudSettings } from './cloud-settings.tsx';
import { LocalSettings } from './local-settings.tsx';
import { LoopAndEnhanceSettings } from './loop-and-enhance.tsx';
import { McpValues } from './mcp-values.tsx';
import { Section } from './section.tsx';
import { UpgradeCard } from './upgrade-card.tsx';

export function WorkflowTab() {
  const editor = useEditor();
  if (editor.status !== 'open')
    return (
      <EmptyState icon={FileQuestion} title="No workflow is open">
        Open a workflow to change its settings.
      </EmptyState>
    );
  return <OpenWorkflow workflow={editor.history.present} path={editor.path} />;
}

function OpenWorkflow({ workflow: document, path }: { workflow: Workflow; path: string }) {
  const problems = useProblems(document);
  const workflow = useResolvedWorkflow(document);
  const { data: license } = useLicense();
  const { settings } = workflow;
  const isCursor = settings.providerId === CURSOR_PROVIDER;
  // Agents may override the run mode, so the settings of both may be needed.
  const isInCloud =
    (settings.runMode === 'cloud' && isCursor) || agentsIn('cloud', workflow).length > 0;
  const isLocal =
    settings.runMode === 'local' || !isCursor || agentsIn('local', workflow).length > 0;
  const isGated = isInCloud && license?.canStartCloudRuns === false;
  return (
    <div className="flex flex-col gap-6">
      <Section title="Workflow">
        <Field label="Name" problems={problemsAt(problems, 'name')}>
          <TextInput
            value={workflow.name}
            onChange={(event) =>
              edit(updateWorkflow({ name: event.target.value }), 'workflow:name')
            }
          />
        </Field>
        <Field label="Description">
          <TextArea
            rows={2}
            value={workflow.description}
            onChange={(event) =>
              edit(updateWorkflow({ description: event.target.value }), 'workflow:description')
            }
          />
        </Field>
        <WorkflowProvider
          providerId={document.settings.providerId}
          problems={problemsAt(problems, 'settings', 'providerId')}
          onChange={(providerId) => edit(updateSettings({ providerId }))}
        />
      </Section>
      <RadioCards
        label="Run mode"
        value={settings.runMode}
        onChange={(runMode) => edit(updateSettings({ runMode }))}
        choices={[
          {
            value: 'local',
            label: 'Local',
            hint: 'On this machine, in your own folders. Agents continue while Cerevisor is stopped.',
          },
          {
            value: 'cloud',
            label: 'Cloud',
            hint: 'On the cloud’s VMs. Agents continue while this machine sleeps or is off.',
            disabledReason: isCursor
              ? undefined
              : 'Only Cursor Agent can run in the cloud; select it as the provider first.',
          },
        ]}
      />
      {problemsAt(problems, 'settings', 'runMode').map(
        ({ code, severity, message, suggestion }) => (
          <Callout key={code} tone={severity} title={message}>
            {suggestion}
          </Callout>
        ),
      )}
      {isGated ? <UpgradeCard feature="Cursor cloud runs" /> : null}
      {isLocal ? <LocalSettings workflow={workflow} path={path} problems={problems} /> : null}
      {isInCloud ? (
        <CloudSettings workflow={workflow} problems={problemsAt(problems, 'settings', 'cloud')} />
      ) : null}
      <BudgetFields workflow={workflow} problems={problems} />
      <LoopAndEnhanceSettings workflow={workflow} problems={problems} />
      <Section title="MCP servers" hint={mcpHint(isLocal, isInCloud)}>
        {license?.canUseMcpServers === false && settings.mcpServers.length === 0 ? (
          <UpgradeCard feature="MCP servers" />
        ) : null}
        <JsonField
          label="Servers, as a JSON list"
          rows={settings.mcpServers.length > 0 ? 8 : 3}
          value={settings.mcpServers.length === 0 ? undefined : settings.mcpServers}
          problems={problemsAt(problems, 'settings', 'mcpServers')}
          onChange={(value) =>
            // The daemon validates the entries; to show them, a list is enough.
            edit(
              updateSettings({
                mcpServers: (Array.isArray(value) ? value : []) as typeof settings.mcpServers,
              }),
              'workflow:mcp',
            )
          }
        />
        <McpValues servers={settings.mcpServers} />
      </Section>
    </div>
  );
}

function mcpHint(isLocal: boolean, isInCloud: boolean): string {
  const here = 'Agents on this machine start these servers with your permissions.';
  const there = 'Agents in the cloud get them unchanged, and the cloud connects to them.';
  return [isLocal && here, isInCloud && there].filter(Boolean).join(' ');
}
