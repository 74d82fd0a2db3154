import type { Problem } from '../../contract/error-views.ts';
import { updateLoopAndEnhance } from '../../workflow/edit/operations.ts';
import { providerOf } from '../../workflow/placement.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from '../canvas/editor.ts';
import { Field, TextArea } from '../design/field.tsx';
import { ModelField } from '../providers/model-field.tsx';
import { ProviderSelect } from '../providers/provider-select.tsx';
import { useProvider } from '../providers/use-providers.ts';

/** The planner, which edits the workflow between rounds, and its instructions. */
export function Planner({
  workflow,
  problemsFor,
}: {
  workflow: Workflow;
  problemsFor: (field: string) => Problem[];
}) {
  const { plannerProviderId, plannerInstructions } = workflow.settings.loopAndEnhance;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <ProviderSelect
        label="Provider of the planner"
        inherited="The provider of the workflow"
        providerId={plannerProviderId}
        problems={problemsFor('plannerProviderId')}
        onChange={(providerId) => edit(updateLoopAndEnhance({ plannerProviderId: providerId }))}
      />
      <PlannerModel workflow={workflow} problems={problemsFor('plannerModel')} />
      <Field
        label="Instructions for the planner"
        hint="Added to its task."
        className="sm:col-span-2"
        problems={problemsFor('plannerInstructions')}
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
  const { plannerModel, plannerProviderId } = workflow.settings.loopAndEnhance;
  const chosen = plannerProviderId === undefined ? {} : { providerId: plannerProviderId };
  const { provider, models } = useProvider(providerOf(chosen, workflow.settings));
  return (
    <ModelField
      label="Model of the planner"
      models={models}
      value={plannerModel ?? ''}
      placeholder={provider?.defaultModel ?? 'The account’s default'}
      problems={problems}
      onChange={(value) =>
        edit(updateLoopAndEnhance({ plannerModel: value || undefined }), 'enhance:model')
      }
    />
  );
}
