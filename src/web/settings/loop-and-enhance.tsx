import type { Problem } from '../../contract/error-views.ts';
import { updateLoopAndEnhance } from '../../workflow/edit/operations.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { edit } from '../canvas/editor.ts';
import { problemsAt } from '../canvas/problems.ts';
import { Field, NativeSelect } from '../design/field.tsx';
import { NumberField } from '../design/number-field.tsx';
import { Switch } from '../design/switch.tsx';
import { useLicense } from '../kernel/queries.ts';
import { Planner } from './enhance-planner.tsx';
import { Verifiers } from './enhance-verifiers.tsx';
import { Section } from './section.tsx';
import { UpgradeCard } from './upgrade-card.tsx';

type PartProps = { workflow: Workflow; problemsFor: (field: string) => Problem[] };

/** Rounds over the whole workflow, which a planner improves in between. */
export function LoopAndEnhanceSettings({
  workflow,
  problems,
}: {
  workflow: Workflow;
  problems: readonly Problem[];
}) {
  const { data: license } = useLicense();
  const { enabled, pauseBetweenRounds } = workflow.settings.loopAndEnhance;
  const problemsFor = (field: string) => problemsAt(problems, 'settings', 'loopAndEnhance', field);
  const isGated = enabled && license?.tier === 'free';
  return (
    <Section
      title="Loop & Enhance"
      hint="Runs the whole workflow in rounds. After a round that was not good, a planner edits the session’s copy of the workflow."
    >
      <Switch
        label="Improve the workflow until it succeeds"
        checked={enabled}
        onChange={(isOn) => edit(updateLoopAndEnhance({ enabled: isOn }))}
      />
      {isGated ? <UpgradeCard feature="Loop & Enhance rounds" /> : null}
      {enabled ? (
        <>
          <Switch
            label="Pause between rounds"
            hint="You see the edits and approve them before each further round. Some edits, such as another repository, always need your approval."
            checked={pauseBetweenRounds}
            onChange={(isOn) => edit(updateLoopAndEnhance({ pauseBetweenRounds: isOn }))}
          />
          <Limits workflow={workflow} problemsFor={problemsFor} />
          <Rules workflow={workflow} problemsFor={problemsFor} />
          <Planner workflow={workflow} problemsFor={problemsFor} />
        </>
      ) : null}
    </Section>
  );
}

function Limits({ workflow, problemsFor }: PartProps) {
  const { maxRounds, budgetTokens, budgetUsd } = workflow.settings.loopAndEnhance;
  return (
    <div className="grid gap-3 sm:grid-cols-3">
      <NumberField
        label="Maximum rounds"
        value={maxRounds}
        min={1}
        max={100}
        problems={problemsFor('maxRounds')}
        onChange={(value) =>
          value !== undefined && edit(updateLoopAndEnhance({ maxRounds: value }), 'enhance:rounds')
        }
      />
      <NumberField
        label="Token budget"
        hint="For all rounds and the planner together."
        value={budgetTokens}
        placeholder="Unlimited"
        isOptional
        min={1}
        max={1_000_000_000_000}
        problems={problemsFor('budgetTokens')}
        onChange={(value) => edit(updateLoopAndEnhance({ budgetTokens: value }), 'enhance:tokens')}
      />
      <NumberField
        label="Budget in US dollars"
        hint="Applies where a provider reports money."
        value={budgetUsd}
        min={0}
        max={1_000_000}
        problems={problemsFor('budgetUsd')}
        onChange={(value) =>
          value !== undefined && edit(updateLoopAndEnhance({ budgetUsd: value }), 'enhance:usd')
        }
      />
    </div>
  );
}

function Rules({ workflow, problemsFor }: PartProps) {
  const { strictness, threads = 'same' } = workflow.settings.loopAndEnhance;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label="A round is good when" problems={problemsFor('strictness')}>
        <NativeSelect
          value={strictness}
          onChange={(event) =>
            edit(
              updateLoopAndEnhance({
                strictness: event.target.value === 'lenient' ? 'lenient' : 'strict',
              }),
            )
          }
        >
          <option value="strict">Nothing failed (strict)</option>
          <option value="lenient">All remaining failures may be intentional (lenient)</option>
        </NativeSelect>
      </Field>
      <Field
        label="In a further round, agents"
        hint={
          threads === 'same'
            ? 'They remember what they did, and receive the report.'
            : 'They start without knowledge of earlier rounds.'
        }
        problems={problemsFor('threads')}
      >
        <NativeSelect
          value={threads}
          onChange={(event) =>
            edit(
              updateLoopAndEnhance({
                threads: event.target.value === 'fresh' ? 'fresh' : undefined,
              }),
            )
          }
        >
          <option value="same">continue their conversation</option>
          <option value="fresh">start a new conversation</option>
        </NativeSelect>
      </Field>
      <Verifiers workflow={workflow} problems={problemsFor('verifiers')} />
    </div>
  );
}
