import { nameOfNewAgent } from '../../contract/enhance-text.ts';
import { connectionName } from '../../contract/flow-text.ts';
import { launchWords } from '../../contract/round-text.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import type { Fields } from '../../lib/fields.ts';
import { numberField, textField } from './fields.ts';

/** What a session says about the ids and numbers in its events. */
export type KnownSession = Pick<
  SessionDetail,
  'agents' | 'connections' | 'rounds' | 'workflowRound' | 'backend'
>;

export type EventNames = {
  readonly agent: (id: string) => string;
  readonly connection: (id: string) => string;
  /** In which round an attempt is started, and which one of that round it is; empty for the first of all. */
  readonly launch: (event: Fields) => string;
};

/** Names as of now: a session that is being watched changes. */
export function eventNames(session: () => KnownSession, arrow: string): EventNames {
  return {
    agent: (id) => session().agents.find((one) => one.id === id)?.name ?? nameOfNewAgent(id),
    connection: (id) => connectionName(id, session(), arrow),
    launch: (event) =>
      launchWords(
        {
          agentId: textField(event, 'agentId') ?? '',
          round: numberField(event, 'round') ?? 1,
          attempt: numberField(event, 'attempt') ?? 1,
        },
        session(),
      ),
  };
}
