import { useEffect } from 'react';
import { hasSeveralLocations } from '../../contract/agent-location.ts';
import { usesOtherProviders } from '../../contract/agent-provider.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { classNames } from '../design/class-names.ts';
import { isSessionSettled } from '../design/status.tsx';
import { navigate } from '../kernel/route.ts';
import { AgentRunCard } from './agent-run-card.tsx';

/** Up to this many agents get a longer preview. */
const spaciousLimit = 6;

/** Agents without a wave come last: the planner, and agents that it removed from the workflow. */
const waveOrder = (wave: number): number => (wave === 0 ? Number.POSITIVE_INFINITY : wave);
const waveTitle = (wave: number): string => (wave === 0 ? 'Between rounds' : `Wave ${wave}`);

/** The agents of a session by wave: in columns, or as a list next to the selected agent. */
export function Waves({ session, chosen }: { session: SessionDetail; chosen: string | null }) {
  const isNarrow = chosen !== null;
  const isSpacious = !isNarrow && session.agents.length <= spaciousLimit;
  // The results below show the final messages.
  const hidesResult = !isNarrow && isSessionSettled(session.status);
  const showsRunMode = hasSeveralLocations(session.agents);
  const showsProvider = usesOtherProviders(session.agents);
  const waves = Map.groupBy(session.agents, ({ wave }) => wave);
  const ordered = [...waves].sort(([one], [other]) => waveOrder(one) - waveOrder(other));
  // The layout changes when an agent is selected, which may move its card out of view.
  useEffect(() => {
    if (chosen !== null)
      document.getElementById(`agent-card-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <div
      className={classNames(
        'scroll-thin flex min-w-0 gap-4 p-4',
        isNarrow
          ? 'w-60 shrink-0 flex-col overflow-y-auto border-r max-md:hidden lg:w-76 short:max-h-dvh'
          : 'overflow-x-auto',
      )}
    >
      {ordered.map(([wave, agents]) => (
        <section
          key={wave}
          aria-label={waveTitle(wave)}
          className={isNarrow ? '' : 'min-w-60 max-w-120 flex-1'}
        >
          <h3 className="mb-2 font-medium text-muted">{waveTitle(wave)}</h3>
          <div className="flex flex-col gap-2">
            {agents.map((agent) => (
              <AgentRunCard
                key={agent.id}
                session={session}
                agent={agent}
                hidesResult={hidesResult}
                isSpacious={isSpacious}
                showsRunMode={showsRunMode}
                showsProvider={showsProvider}
                isSelected={agent.id === chosen}
                onSelect={() =>
                  navigate({ agent: agent.id === chosen ? null : agent.id, tab: null })
                }
              />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}
