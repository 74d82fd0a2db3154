import type { Problem } from '../../contract/error-views.ts';
import type { Change } from '../../workflow/edit/operations.ts';
import { DEFAULT_ROUNDS } from '../../workflow/loops.ts';
import type { Connection, FlowType } from '../../workflow/schema.ts';
import { Field, NativeSelect, TextArea, TextInput } from '../design/field.tsx';
import { NumberField } from '../design/number-field.tsx';
import { Switch } from '../design/switch.tsx';
import { flowStyles } from './flow-styles.ts';

export type ConnectionFieldsProps = {
  connection: Connection;
  problemsFor: (...path: string[]) => Problem[];
  change: (field: string, value: Change<Connection>) => void;
};

const hints: Readonly<Record<FlowType, string>> = {
  always: 'The next agent starts when all agents before it have completed.',
  conditional: 'The next agent starts only if the condition holds.',
  'approval-gate': 'The session waits until you approve, reject, or ask for changes.',
  loop: 'Leads back to an earlier agent. The agents in between work again until the exit condition holds.',
};

/** When the connection is taken, and what decides that. */
export function FlowFields(props: ConnectionFieldsProps) {
  const { connection, problemsFor, change } = props;
  return (
    <>
      <Field label="Flow type" problems={problemsFor('flowType')} hint={hints[connection.flowType]}>
        <NativeSelect
          value={connection.flowType}
          // The options are exactly the flow types.
          onChange={(event) =>
            change('flow', withFlowType(event.target.value as FlowType, connection))
          }
        >
          {Object.entries(flowStyles).map(([id, { name }]) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </NativeSelect>
      </Field>
      <FieldsOfType {...props} />
      <Field label="Label" hint="Shown on the canvas." problems={problemsFor('label')}>
        <TextInput
          value={connection.label ?? ''}
          onChange={(event) => change('label', { label: event.target.value || undefined })}
        />
      </Field>
    </>
  );
}

/** A new loop gets the default number of rounds, like one drawn on the canvas. */
const withFlowType = (
  flowType: FlowType,
  { maxIterations = DEFAULT_ROUNDS }: Connection,
): Partial<Connection> => (flowType === 'loop' ? { flowType, maxIterations } : { flowType });

function FieldsOfType(props: ConnectionFieldsProps) {
  const { connection, problemsFor, change } = props;
  switch (connection.flowType) {
    case 'always':
      return null;
    case 'conditional':
      return (
        <>
          <Switch
            label="Else branch"
            hint="Taken if no other condition of the same agent holds."
            checked={connection.isElse === true}
            onChange={(isElse) => change('else', { isElse: isElse || undefined })}
          />
          {connection.isElse === true ? null : (
            <Decision
              {...props}
              field="condition"
              label="Condition"
              hint="In plain words; the agent that hands over decides whether it holds."
            />
          )}
        </>
      );
    case 'approval-gate':
      return (
        <Field
          label="Approval prompt"
          hint="The question that you are asked, next to the agent’s output."
          problems={problemsFor('approvalPrompt')}
        >
          <TextArea
            rows={3}
            value={connection.approvalPrompt ?? ''}
            placeholder="Is this ready for the next step?"
            onChange={(event) =>
              change('approvalPrompt', { approvalPrompt: event.target.value || undefined })
            }
          />
        </Field>
      );
    case 'loop':
      return (
        <>
          <Decision
            {...props}
            field="loopCondition"
            label="Exit condition"
            hint="In plain words: when the work is done. The agent at the end of the loop decides whether it holds."
          />
          <NumberField
            label="Maximum rounds"
            hint="Total number, including the first one."
            value={connection.maxIterations}
            placeholder={`${DEFAULT_ROUNDS}`}
            isOptional
            min={1}
            max={100}
            problems={problemsFor('maxIterations')}
            onChange={(maxIterations) => change('iterations', { maxIterations })}
          />
        </>
      );
    default:
      return connection.flowType satisfies never;
  }
}

/** A condition that an agent judges, or an expression over the hand-off. */
function Decision({
  connection,
  problemsFor,
  change,
  field,
  label,
  hint,
}: ConnectionFieldsProps & { field: 'condition' | 'loopCondition'; label: string; hint: string }) {
  // A missing condition is reported on the connection as a whole.
  return (
    <>
      <Field label={label} hint={hint} problems={problemsFor(field)}>
        <TextArea
          rows={3}
          value={connection[field] ?? ''}
          placeholder={
            field === 'condition' ? 'The tests fail' : 'The reviewer has nothing left to fix'
          }
          onChange={(event) => change(field, { [field]: event.target.value || undefined })}
        />
      </Field>
      <Field
        label="Expression"
        hint={
          <>
            Decides instead of the condition in words; written in CEL over a structured hand-off:{' '}
            <code className="font-mono">handoff.approved</code>
          </>
        }
        problems={problemsFor('expression')}
      >
        <TextInput
          value={connection.expression ?? ''}
          spellCheck={false}
          className="font-mono text-sm"
          onChange={(event) =>
            change('expression', { expression: event.target.value || undefined })
          }
        />
      </Field>
    </>
  );
}
