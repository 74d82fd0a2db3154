import { asSentence } from '../lib/as-sentence.ts';
import { agentName } from '../workflow/agent-name.ts';
import type { EnhancedWorkflow, EnhanceView, WorkflowRoundView } from './enhance.ts';
import type { SessionDetail, SessionView } from './session-views.ts';

/* Texts about Loop & Enhance that all clients share. */

const ends: Readonly<Record<NonNullable<EnhanceView['cause']>, string>> = {
  converged: 'Converged: nothing is left to improve.',
  'most-rounds': 'Ended after the maximum number of rounds.',
  budget: 'Ended by the budget.',
  'no-useful-edit': 'Ended because the planner proposed no useful edit.',
  rejected: 'Ended because the edits were rejected.',
  cancelled: 'Cancelled.',
  failed: 'Ended because the planner failed.',
};

const states: Readonly<Record<Exclude<EnhanceView['state'], 'ended'>, string>> = {
  'at-work': 'The agents are at work.',
  'report-due': 'The report of the round is being written.',
  planning: 'The planner is working on the next round.',
  continues: 'The next round begins.',
};

/** How the rounds ended, and why. */
export const endText = (cause: NonNullable<EnhanceView['cause']>, reason: string | null): string =>
  reason === null ? ends[cause] : `${ends[cause]} ${asSentence(reason)}`;

export const isEndCause = (text: string): text is NonNullable<EnhanceView['cause']> =>
  Object.hasOwn(ends, text);

/** The state of the rounds, or how they ended and why. A session that waits for the user is not at work. */
export function enhanceStateText(
  { state, cause, reason, proposal }: EnhanceView,
  { status }: Pick<SessionView, 'status'>,
): string {
  if (state === 'ended') return cause === null ? '' : endText(cause, reason);
  if (state === 'planning' && proposal !== null && proposal.fault === null)
    return "The planner's edits wait for your answer.";
  if (status !== 'waiting') return states[state];
  return state === 'planning' ? 'The planner waits for you.' : 'The round waits for you.';
}

/** All feedback on a round, including what was given after its report. */
export function feedbackOn(
  { number, report }: Pick<WorkflowRoundView, 'number' | 'report'>,
  { round, feedback }: Pick<EnhanceView, 'round' | 'feedback'>,
): readonly string[] {
  return number === round ? feedback : (report?.feedback ?? []);
}

/**
 * What was spent, and which budgets of Loop & Enhance apply. A budget in dollars does not apply if no costs are reported.
 */
export function spendingText(
  { spent, budgetTokens, budgetUsd, state }: EnhanceView,
  { budget }: Pick<SessionDetail, 'budget'>,
): string {
  const most = budgetTokens === null ? '' : ` of ${budgetTokens.toLocaleString('en')}`;
  const tokens = `${spent.tokens.toLocaleString('en')}${most} tokens used`;
  if (spent.usd !== null)
    return `${tokens}, $${spent.usd.toFixed(2)} of $${budgetUsd.toFixed(2)} charged.`;
  if (state === 'ended') return `${tokens}.`;
  const hasLimit = budgetTokens !== null || budget !== null;
  const unlimited = hasLimit ? '' : ' No other budget is set.';
  return `${tokens}. The budget of $${budgetUsd.toFixed(2)} does not apply, because runs count as $0.00.${unlimited}`;
}

const fieldNames: Readonly<Record<string, string>> = {
  inputFiles: 'input files',
  outputFiles: 'output files',
  outputDefinition: 'output definition',
  modelParameters: 'model parameters',
  planFirst: 'plan first',
  flowType: 'flow type',
  isElse: 'else branch',
  handoffFormat: 'hand-off format',
  handoffSchema: 'hand-off schema',
  dataDescription: 'data description',
  approvalPrompt: 'approval prompt',
  loopCondition: 'exit condition',
  maxIterations: 'maximum rounds',
  startingRef: 'starting ref',
};

/** The display name of a workflow field. */
export const fieldName = (field: string): string => fieldNames[field] ?? field;

/** What the user changed in the file and the session changed too, such as "instructions of agent “Writer”". */
export function conflictText({
  subject,
  name,
  fields,
}: EnhancedWorkflow['conflicts'][number]): string {
  const part = subject === 'workflow' ? 'the workflow' : `${subject} "${name}"`;
  if (fields.length === 0) return `${part}, which the session removed`;
  return `${fields.map(fieldName).join(', ')} of ${part}`;
}

/** Whether this is the id of the planner, which is reserved. */
export const isPlannerId = (agentId: string): boolean => agentId === 'loop-and-enhance';

/** The display name of an agent or of the planner, which may have been added after the session was loaded. */
export const sessionAgentName = (
  session: Parameters<typeof agentName>[0],
  agentId: string,
): string => (isPlannerId(agentId) ? 'Planner' : agentName(session, agentId));
