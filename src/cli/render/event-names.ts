import { sessionAgentName } from '../../contract/enhance-text.ts';
import { connectionName } from '../../contract/flow-text.ts';
import { launchText } from '../../contract/round-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import type { Fields } from '../../lib/fields.ts';
import { numberField, textField } from './fields.ts';

/** The parts of a session that give names to the ids and numbers in its events. */
export type SessionNames = Pick<
  SessionDetail,
  'agents' | 'connections' | 'rounds' | 'workflowRound' | 'backend'
>;

export type EventNames = {
  readonly agent: (id: string) => string;
  readonly connection: (id: string) => string;
  /** The round and attempt of a launch; empty for the first attempt of the first round. */
  readonly launch: (event: Fields) => string;
};

/** Looks names up in the current session, because a session that is being watched changes. */
export function eventNames(session: () => SessionNames, arrow: string): EventNames {
  return {
    agent: (id) => sessionAgentName(session(), id),
    connection: (id) => connectionName(id, session(), arrow),
    launch: (event) =>
      launchText(
        {
          agentId: textField(event, 'agentId') ?? '',
          round: numberField(event, 'round') ?? 1,
          attempt: numberField(event, 'attempt') ?? 1,
        },
        session(),
      ),
  };
}
