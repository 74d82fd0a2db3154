import type { Problem } from '../../contract/error-views.ts';
import { updateLocal } from '../../workflow/edit/operations.ts';
import type { LocalSettings as Local } from '../../workflow/schema/local-settings.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from '../canvas/editor.ts';
import { problemsAt } from '../canvas/problems.ts';
import { LinesField } from '../canvas/text-fields.tsx';
import { NumberField } from '../design/number-field.tsx';
import { RadioCards } from '../design/radio-cards.tsx';
import { Switch } from '../design/switch.tsx';
import { FolderField } from './folder-field.tsx';
import { useLocalPlan } from './local-plan.ts';
import { PermissionFields } from './permission-fields.tsx';
import { Section } from './section.tsx';

/** Where agents on this machine work, and what they may do. */
export function LocalSettings({
  workflow,
  path,
  problems,
}: {
  workflow: Workflow;
  path: string;
  problems: readonly Problem[];
}) {
  const { local } = workflow.settings;
  const plan = useLocalPlan(workflow, path);
  const problemsFor = (field: string) => problemsAt(problems, 'settings', 'local', field);
  return (
    <>
      <Section title="On this machine">
        <FolderField folder={local.folder} plan={plan} problems={problemsFor('folder')} />
      </Section>
      <Isolation local={local} />
      {local.isolation === 'worktree' ? (
        <Preparation local={local} problemsFor={problemsFor} />
      ) : null}
      <PermissionFields workflow={workflow} plan={plan} problems={problems} />
      <Section title="Limits on this machine">
        <div className="grid gap-3 sm:grid-cols-3">
          <NumberField
            label="Local agents at the same time"
            value={local.maxConcurrentAgents}
            placeholder="4"
            isOptional
            min={1}
            max={1000}
            problems={problemsFor('maxConcurrentAgents')}
            onChange={(maxConcurrentAgents) =>
              edit(updateLocal({ maxConcurrentAgents }), 'local:max')
            }
          />
          <NumberField
            label="Attempts per local agent"
            value={local.maxAttempts}
            placeholder="1"
            isOptional
            min={1}
            max={10}
            problems={problemsFor('maxAttempts')}
            onChange={(maxAttempts) => edit(updateLocal({ maxAttempts }), 'local:attempts')}
          />
        </div>
      </Section>
    </>
  );
}

function Isolation({ local }: { local: Local }) {
  const isInPlace = local.isolation === 'in-place';
  return (
    <div className="flex flex-col gap-3">
      <RadioCards
        label="Where agents work"
        value={local.isolation}
        onChange={(isolation) => edit(updateLocal({ isolation }))}
        choices={[
          {
            value: 'worktree',
            label: 'A worktree for each agent',
            hint: 'Each agent gets a git worktree and a branch. Your folder does not change until you apply the result.',
          },
          {
            value: 'in-place',
            label: 'In the folder itself',
            hint: 'Agents change your files directly, one agent at a time.',
          },
        ]}
      />
      {isInPlace ? null : (
        <Switch
          label="Start from uncommitted changes"
          hint="Agents start from the folder as it is, including changes that are not committed yet. When off, they start from the last commit."
          checked={local.carryUncommitted}
          onChange={(carryUncommitted) => edit(updateLocal({ carryUncommitted }))}
        />
      )}
    </div>
  );
}

/** Only for worktrees: the folder itself is already prepared. */
function Preparation({
  local,
  problemsFor,
}: {
  local: Local;
  problemsFor: (field: string) => Problem[];
}) {
  return (
    <Section
      title="Preparation"
      hint="You are asked before the first run, and again whenever this changes."
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <LinesField
          label="Setup commands"
          hint="Run in each new worktree before its agent starts, one per line."
          lines={local.setup}
          placeholder="npm ci"
          problems={problemsFor('setup')}
          onChange={(setup) => edit(updateLocal({ setup }), 'local:setup')}
        />
        <LinesField
          label="Files to copy"
          hint="Files that git ignores and agents need: paths or patterns, one per line."
          lines={local.copy}
          placeholder=".env"
          problems={problemsFor('copy')}
          onChange={(copy) => edit(updateLocal({ copy }), 'local:copy')}
        />
      </div>
    </Section>
  );
}
