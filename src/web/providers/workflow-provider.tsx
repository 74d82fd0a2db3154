import type { FieldProblem } from '../design/field.tsx';
import { ProviderSelect } from './provider-select.tsx';
import { useProviders } from './use-providers.ts';

/** The provider of a workflow, or the default of the machine that runs it. */
export function WorkflowProvider(props: {
  providerId: string | undefined;
  problems: readonly FieldProblem[];
  onChange: (providerId: string | undefined) => void;
}) {
  const { data } = useProviders();
  const defaultProvider = data?.items.find(({ isDefault }) => isDefault);
  return (
    <ProviderSelect
      {...props}
      label="Provider"
      hint="Runs the agents that have no provider of their own. Add providers under Providers."
      inherited={`Default of this machine${defaultProvider === undefined ? '' : ` (${defaultProvider.name})`}`}
    />
  );
}
