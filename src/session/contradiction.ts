import type { Failure, SessionEventOf } from './events.ts';

/** The record says something else about an end than the stream, which the agent was, or would be, settled on. */
export const contradictedEnd: Failure = {
  code: 'end_contradicted',
  message: 'The stream said that the run had finished, but the record says otherwise.',
  suggestion:
    "Open the agent's page to see what it did. Agents that have started continue; retry this one to start the others.",
};

export function contradictionOf({ status, failure }: SessionEventOf<'EndChecked'>): Failure {
  const reason = failure === undefined ? '' : ` (${failure.message})`;
  const message = `The stream said that the run had finished, but the record now says ${status}${reason}.`;
  return { ...contradictedEnd, message };
}
