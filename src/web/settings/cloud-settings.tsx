import type { Problem } from '../../contract/error-views.ts';
import { updateCloud } from '../../workflow/edit/operations.ts';
import type { CloudSettings as Cloud } from '../../workflow/schema/settings.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from '../canvas/editor.ts';
import { problemsAt } from '../canvas/problems.ts';
import { Field, NativeSelect } from '../design/field.tsx';
import { NumberField } from '../design/number-field.tsx';
import { Switch } from '../design/switch.tsx';
import { AutoCreatePr } from './auto-create-pr.tsx';
import { RepositoryTargets } from './repository-targets.tsx';
import { Section } from './section.tsx';

/** The repositories, permissions and limits of cloud runs. */
export function CloudSettings({
  workflow,
  problems,
}: {
  workflow: Workflow;
  problems: readonly Problem[];
}) {
  const { cloud } = workflow.settings;
  const problemsFor = (field: string) => problemsAt(problems, 'settings', 'cloud', field);
  return (
    <>
      <RepositoryTargets repos={cloud.repos} problems={problemsFor('repos')} />
      <Switch
        label="Run without a repository"
        hint="Confirms that the agents need no repository. Without it, an empty list is rejected."
        checked={cloud.allowNoRepository}
        onChange={(allowNoRepository) => edit(updateCloud({ allowNoRepository }))}
      />
      <AutoCreatePr workflow={workflow} />
      <Section title="Limits">
        <div className="grid gap-3 sm:grid-cols-3">
          <NumberField
            label="Agents at the same time"
            value={cloud.maxConcurrentAgents}
            placeholder="From the preferences"
            isOptional
            min={1}
            max={1000}
            problems={problemsFor('maxConcurrentAgents')}
            onChange={(maxConcurrentAgents) => edit(updateCloud({ maxConcurrentAgents }), 'max')}
          />
          <NumberField
            label="Attempts per agent"
            value={cloud.maxAttempts}
            min={1}
            max={10}
            problems={problemsFor('maxAttempts')}
            onChange={(maxAttempts) =>
              edit(updateCloud({ maxAttempts: maxAttempts ?? 1 }), 'attempts')
            }
          />
          <EnvironmentField cloud={cloud} problems={problemsFor('env')} />
        </div>
      </Section>
    </>
  );
}

function EnvironmentField({ cloud, problems }: { cloud: Cloud; problems: readonly Problem[] }) {
  const type = cloud.env?.type ?? '';
  return (
    <Field label="Environment" problems={problems}>
      <NativeSelect
        value={type}
        onChange={(event) => {
          const chosen = event.target.value;
          const isKnown = chosen === 'cloud' || chosen === 'pool' || chosen === 'machine';
          edit(updateCloud({ env: isKnown ? { ...cloud.env, type: chosen } : undefined }));
        }}
      >
        <option value="">The cloud’s default</option>
        <option value="cloud">Cloud</option>
        <option value="pool">Pool</option>
        <option value="machine">Machine</option>
      </NativeSelect>
      {cloud.env === undefined ? null : (
        <input
          aria-label="Name of the environment"
          value={cloud.env.name ?? ''}
          placeholder="Name"
          className="mt-1 h-7 rounded-md border border-line-strong bg-surface px-2"
          onChange={(event) => {
            const { name: _name, ...env } = cloud.env ?? { type: 'cloud' };
            const name = event.target.value;
            edit(updateCloud({ env: name === '' ? env : { ...env, name } }), 'env');
          }}
        />
      )}
    </Field>
  );
}
