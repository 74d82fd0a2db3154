import type { Problem } from '../../contract/error-views.ts';
import type { Change } from '../../workflow/edit/operations.ts';
import { DEFAULT_ROUNDS } from '../../workflow/loops.ts';
import type { AgentLoop } from '../../workflow/schema/loop-settings.ts';
import type { Agent } from '../../workflow/schema.ts';
import { Field, TextArea } from '../design/field.tsx';
import { NumberField } from '../design/number-field.tsx';
import { Switch } from '../design/switch.tsx';

type AgentFlowProps = {
  agent: Agent;
  problemsFor: (...path: string[]) => Problem[];
  change: (field: string, value: Change<Agent>) => void;
};

/** Whether the agent plans first and repeats its work. */
export function AgentFlowFields({ agent, problemsFor, change }: AgentFlowProps) {
  const { loop } = agent;
  return (
    <>
      <Field label="Approval" problems={problemsFor('planFirst')}>
        <Switch
          label="Plan first"
          hint="The agent proposes a plan, waits for your approval, and carries it out."
          checked={agent.planFirst === true}
          onChange={(planFirst) => change('plan-first', { planFirst: planFirst || undefined })}
        />
      </Field>
      <Field
        label="Repetition"
        problems={problemsFor('loop').filter(({ path }) => path.length === 3)}
      >
        <Switch
          label="Repeat until done"
          hint="The agent repeats its own work until the exit condition holds."
          checked={loop !== undefined}
          onChange={(isOn) => change('loop', { loop: isOn ? { exitCondition: '' } : undefined })}
        />
      </Field>
      {loop === undefined ? null : (
        <LoopFields
          loop={loop}
          problemsFor={(...path) => problemsFor('loop', ...path)}
          onChange={(field, next) => change(`loop:${field}`, { loop: next })}
        />
      )}
    </>
  );
}

function LoopFields({
  loop,
  problemsFor,
  onChange,
}: {
  loop: AgentLoop;
  problemsFor: (...path: string[]) => Problem[];
  onChange: (field: string, loop: AgentLoop) => void;
}) {
  const { promptTemplate, maxIterations, ...rest } = loop;
  const optional = {
    ...(promptTemplate !== undefined && { promptTemplate }),
    ...(maxIterations !== undefined && { maxIterations }),
  };
  return (
    <div className="flex flex-col gap-3 border-l pl-3">
      <Field
        label="Exit condition"
        hint="In plain words; the agent decides whether it holds."
        problems={problemsFor('exitCondition')}
      >
        <TextArea
          rows={2}
          value={loop.exitCondition}
          placeholder="All tests pass"
          onChange={(event) => onChange('exit', { ...loop, exitCondition: event.target.value })}
        />
      </Field>
      <Field
        label="Prompt of further rounds"
        hint="By default, the agent is asked to continue."
        problems={problemsFor('promptTemplate')}
      >
        <TextArea
          rows={2}
          value={promptTemplate ?? ''}
          onChange={(event) => {
            const { promptTemplate: _, ...others } = optional;
            const written = event.target.value;
            const own = written === '' ? {} : { promptTemplate: written };
            onChange('prompt', { ...rest, ...others, ...own });
          }}
        />
      </Field>
      <NumberField
        label="Maximum rounds"
        hint="Total number, including the first one."
        value={maxIterations}
        placeholder={`${DEFAULT_ROUNDS}`}
        isOptional
        min={1}
        max={100}
        problems={problemsFor('maxIterations')}
        onChange={(rounds) => {
          const { maxIterations: _, ...others } = optional;
          const own = rounds === undefined ? {} : { maxIterations: rounds };
          onChange('rounds', { ...rest, ...others, ...own });
        }}
      />
    </div>
  );
}
