import { useId } from 'react';
import type { Problem } from '../../contract/error-views.ts';
import { updateLoopAndEnhance } from '../../workflow/edit/operations.ts';
import { CURSOR_PROVIDER, providerOf } from '../../workflow/placement.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from '../canvas/editor.ts';
import { Field, TextArea, TextInput } from '../design/field.tsx';
import { useModels } from '../kernel/queries.ts';
import { ProviderSelect } from '../providers/provider-select.tsx';
import { providerNamed, useProviderModels, useProviders } from '../providers/use-providers.ts';

/** Who edits the workflow between two rounds, and what it is told beside its task. */
export function Planner({
  workflow,
  found,
}: {
  workflow: Workflow;
  found: (field: string) => Problem[];
}) {
  const { plannerProviderId, plannerInstructions } = workflow.settings.loopAndEnhance;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <ProviderSelect
        label="Provider of the planner"
        inherited="The provider of the workflow"
        providerId={plannerProviderId}
        problems={found('plannerProviderId')}
        onChange={(providerId) => edit(updateLoopAndEnhance({ plannerProviderId: providerId }))}
      />
      <PlannerModel workflow={workflow} problems={found('plannerModel')} />
      <Field
        label="Instructions for the planner"
        hint="Added to its task."
        className="sm:col-span-2"
        problems={found('plannerInstructions')}
      >
        <TextArea
          rows={2}
          value={plannerInstructions ?? ''}
          onChange={(event) =>
            edit(
              updateLoopAndEnhance({ plannerInstructions: event.target.value || undefined }),
              'enhance:instructions',
            )
          }
        />
      </Field>
    </div>
  );
}

function PlannerModel({ workflow, problems }: { workflow: Workflow; problems: Problem[] }) {
  const listId = useId();
  const { plannerModel, plannerProviderId } = workflow.settings.loopAndEnhance;
  const { data } = useProviders();
  const chosen = plannerProviderId === undefined ? {} : { providerId: plannerProviderId };
  const reference = providerOf(chosen, workflow.settings);
  const provider = providerNamed(data?.items ?? [], reference);
  const isCursor = reference === CURSOR_PROVIDER;
  const ofCursor = useModels();
  const ofOther = useProviderModels(isCursor ? null : (provider?.id ?? null));
  const models = isCursor ? ofCursor.data?.items : ofOther.data?.items;
  return (
    <Field label="Model of the planner" problems={problems}>
      <TextInput
        list={listId}
        value={plannerModel ?? ''}
        placeholder={provider?.defaultModel ?? 'The account’s default'}
        onChange={(event) =>
          edit(
            updateLoopAndEnhance({ plannerModel: event.target.value || undefined }),
            'enhance:model',
          )
        }
      />
      <datalist id={listId}>
        {models?.map(({ id, displayName }) => (
          <option key={id} value={id}>
            {displayName}
          </option>
        ))}
      </datalist>
    </Field>
  );
}
