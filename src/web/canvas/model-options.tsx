import type { Agent } from '../../workflow/schema.ts';
import { Field, type FieldProblem, NativeSelect, TextInput } from '../design/field.tsx';
import { useModels } from '../kernel/queries.ts';
import { type ModelParameter, setParameter, visibleParameters } from './model-parameters.ts';

type ModelParametersProps = {
  agent: Agent;
  problemsOf: (parameter: string) => readonly FieldProblem[];
  /** Problems of the parameters as a whole. */
  problems: readonly FieldProblem[];
  onChange: (modelParameters: Agent['modelParameters'] | undefined) => void;
};

/** A field for each parameter of the model, and for unknown ones in the file. */
export function ModelParameterFields(props: ModelParametersProps) {
  const { agent, problemsOf, problems, onChange } = props;
  const models = useModels();
  const parameters = visibleParameters(agent, models.data?.items ?? []);
  if (parameters.length === 0) return null;
  return (
    <div className="grid grid-cols-2 gap-3">
      {parameters.map((parameter, index) => (
        <Field
          key={parameter.id}
          label={parameter.label}
          problems={[...(index === 0 ? problems : []), ...problemsOf(parameter.id)]}
        >
          <ParameterInput
            parameter={parameter}
            onChange={(value) => onChange(setParameter(agent.modelParameters, parameter.id, value))}
          />
        </Field>
      ))}
    </div>
  );
}

/** A list if the values are known, otherwise a text field; empty means the model's default. */
function ParameterInput({
  parameter,
  onChange,
  ...field
}: {
  parameter: ModelParameter;
  onChange: (value: string) => void;
}) {
  const { value, values } = parameter;
  if (values === null)
    return (
      <TextInput {...field} value={value} onChange={(event) => onChange(event.target.value)} />
    );
  return (
    <NativeSelect {...field} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">The model’s default</option>
      {values.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </NativeSelect>
  );
}

/** Whether the agent works or only plans. */
export function ModeField({
  agent,
  problems,
  onChange,
}: {
  agent: Agent;
  problems: readonly FieldProblem[];
  onChange: (mode: 'plan' | undefined) => void;
}) {
  return (
    <Field label="Mode" problems={problems}>
      <NativeSelect
        value={agent.mode ?? 'agent'}
        onChange={(event) => onChange(event.target.value === 'plan' ? 'plan' : undefined)}
      >
        <option value="agent">Work</option>
        <option value="plan">Plan only, without changes</option>
      </NativeSelect>
    </Field>
  );
}
