import { useEffect } from 'react';
import { hasSeveralLocations } from '../../contract/agent-location.ts';
import { usesOtherProviders } from '../../contract/agent-provider.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { classNames } from '../design/class-names.ts';
import { isSessionSettled } from '../design/status.tsx';
import { navigate } from '../kernel/route.ts';
import { AgentRunCard } from './agent-run-card.tsx';

/** So many leave room below them, where more of what they say can be followed. */
const fewAgents = 6;

/** What stands in no wave comes after all of them: the planner, and whoever it took out of the workflow. */
const inOrder = (wave: number): number => (wave === 0 ? Number.POSITIVE_INFINITY : wave);
const waveTitle = (wave: number): string => (wave === 0 ? 'Between rounds' : `Wave ${wave}`);

/** The agents of a session by wave: side by side, or below each other next to the one that is chosen. */
export function Waves({ session, chosen }: { session: SessionDetail; chosen: string | null }) {
  const isNarrow = chosen !== null;
  const hasRoom = !isNarrow && session.agents.length <= fewAgents;
  // Their last words stand in the results below.
  const isShort = !isNarrow && isSessionSettled(session.status);
  const hasPlace = hasSeveralLocations(session.agents);
  const hasProvider = usesOtherProviders(session.agents);
  const waves = Map.groupBy(session.agents, ({ wave }) => wave);
  const ordered = [...waves].sort(([one], [other]) => inOrder(one) - inOrder(other));
  // The list becomes narrow when an agent is chosen, which may move its card out of sight.
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
                isShort={isShort}
                hasRoom={hasRoom}
                hasPlace={hasPlace}
                hasProvider={hasProvider}
                isChosen={agent.id === chosen}
                onChoose={() =>
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
