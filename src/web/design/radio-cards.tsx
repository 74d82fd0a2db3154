import { Radio } from '@base-ui/react/radio';
import { RadioGroup } from '@base-ui/react/radio-group';
import { useId } from 'react';
import { classNames } from './class-names.ts';

export type RadioChoice<Value extends string> = {
  readonly value: Value;
  readonly label: string;
  readonly hint: string;
  /** Why it cannot be selected. */
  readonly disabledReason?: string | undefined;
};

/** A few choices side by side, each with an explanation. */
export function RadioCards<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  label: string;
  value: Value;
  choices: readonly RadioChoice<Value>[];
  onChange: (value: Value) => void;
}) {
  const id = useId();
  return (
    <RadioGroup
      value={value}
      // The values are those of the choices below.
      onValueChange={(chosen) => onChange(chosen as Value)}
      aria-labelledby={id}
      className="flex flex-col gap-2"
    >
      <span id={id} className="font-semibold">
        {label}
      </span>
      <div className="grid gap-2 sm:grid-cols-2">
        {choices.map((choice) => (
          <RadioCard key={choice.value} choice={choice} />
        ))}
      </div>
    </RadioGroup>
  );
}

function RadioCard({ choice }: { choice: RadioChoice<string> }) {
  const id = useId();
  const isDisabled = choice.disabledReason !== undefined;
  return (
    <div
      className={classNames(
        'group relative flex gap-2 rounded-md border p-3 has-[[data-checked]]:border-accent has-[[data-checked]]:bg-accent-soft',
        !isDisabled && 'hover:border-line-strong',
      )}
    >
      <Radio.Root
        value={choice.value}
        disabled={isDisabled}
        aria-labelledby={`${id}-label`}
        aria-describedby={`${id}-hint`}
        className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-line-strong bg-surface after:absolute after:inset-0 data-checked:border-accent data-disabled:opacity-50"
      >
        <Radio.Indicator className="size-2 rounded-full bg-accent" />
      </Radio.Root>
      <div>
        <div id={`${id}-label`} className="font-medium">
          {choice.label}
        </div>
        <div
          id={`${id}-hint`}
          className={classNames('text-muted', isDisabled && 'group-has-[[data-checked]]:text-warn')}
        >
          {choice.disabledReason ?? choice.hint}
        </div>
      </div>
    </div>
  );
}
