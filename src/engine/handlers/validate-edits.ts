import { workflowProblems } from '../../handoff/problems.ts';
import { repositoriesAfterEdit } from '../../session/enhance/edited-repositories.ts';
import type { EnhanceEventOf } from '../../session/enhance/enhance-events.ts';
import { roundFailures } from '../../session/enhance/round-failures.ts';
import type { SessionState } from '../../session/state.ts';
import {
  allowanceOf,
  highestAllowance,
  reasonsForHigherAllowance,
} from '../../workflow/edit/allowance.ts';
import { applyEdits } from '../../workflow/edit/apply-edits.ts';
import { reasonsForApproval } from '../../workflow/edit/approval-reasons.ts';
import { differencesOf } from '../../workflow/edit/differences.ts';
import {
  proposalJsonSchema,
  proposalSchema,
  type WorkflowEdit,
  type WorkflowProposal,
} from '../../workflow/edit/edit-schema.ts';
import { withUniqueNames } from '../../workflow/edit/unique-names.ts';
import { withInferredConnections } from '../../workflow/inferred-connections.ts';
import { workflowFrom } from '../../workflow/parse.ts';
import { PLANNER_NAME } from '../../workflow/planner.ts';
import type { Workflow } from '../../workflow/schema.ts';
import { verifiersOf } from '../../workflow/verifiers.ts';
import { modelProblems } from '../start/model-problems.ts';
import { stateOf, type Task } from './handler.ts';

type Proposed = Pick<
  EnhanceEventOf<'EditsProposed'>,
  'summary' | 'edits' | 'workflow' | 'fault' | 'approvalReasons' | 'approvalParts'
>;
type ValidatedEdits =
  | ({ readonly kind: 'proposal' } & Proposed)
  /** Mistakes that the planner can correct, one line each. */
  | { readonly kind: 'mistakes'; readonly mistakes: readonly string[] };

type Reader = Pick<Task<unknown>, 'context' | 'sessionId'>;

const MAX_MISTAKES = 20;

/** The proposal in a planner's message, validated as strictly as a workflow before a run. */
export async function validateEdits(reader: Reader, message: string): Promise<ValidatedEdits> {
  const read = await readProposal(reader, message);
  if ('mistakes' in read) return asMistakes(read.mistakes);
  const state = stateOf(reader);
  const { edits, renames } = withUniqueNames(state.workflow, read.edits, otherNames(state));
  const summary = withRenames(read.summary, renames);
  const without = (fault: string): ValidatedEdits => ({
    kind: 'proposal',
    ...{ summary, edits, fault },
    approvalReasons: [],
  });
  if (edits.length === 0) return without('The planner found no edit that would help.');
  const applied = applyEdits(state.workflow, edits);
  if (!applied.ok) return asMistakes(applied.mistakes);
  const reused = reusedIds(state, edits, applied.workflow);
  if (reused.length > 0) return asMistakes(reused);
  const { workflow } = withInferredConnections(applied.workflow);
  const errors = await errorsOf(reader, state, workflow);
  if (errors.length > 0) return asMistakes(errors);
  const known = earlierRound(reader, state, workflow);
  if (known !== null) return without(known);
  const protectedAgents = {
    failed: new Set<string>(roundFailures(state).map(({ agentId }) => agentId)),
    verifiers: new Set<string>(verifiersOf(state.workflow).map(({ id }) => id)),
  };
  const reasons = [
    ...reasonsForApproval(state.workflow, workflow, protectedAgents),
    ...allowanceReasons(reader, state, workflow).map((text) => ({ text, part: null })),
  ];
  return {
    kind: 'proposal',
    ...{ summary, edits, workflow },
    approvalReasons: reasons.map(({ text }) => text),
    approvalParts: reasons.map(({ part }) => part),
  };
}

/** Names of agents that the session shows besides those of its workflow. */
const otherNames = ({ enhance }: SessionState): readonly string[] => [
  PLANNER_NAME,
  ...(enhance?.formerAgents ?? []).map(({ name }) => name),
];

function withRenames(
  summary: string,
  renames: ReturnType<typeof withUniqueNames>['renames'],
): string {
  if (renames.length === 0) return summary;
  const named = renames.map(({ from, to }) => `"${from}" is called "${to}"`).join(', ');
  return `${summary} (Names that another agent has were made unique: ${named}.)`;
}

/**
 * Mistakes for ids of removed agents. An agent that is removed and added again would lose settings that the planner may not
 * change, such as its run mode, provider and plan approval.
 */
function reusedIds(
  { enhance }: SessionState,
  edits: readonly WorkflowEdit[],
  { agents }: Workflow,
): string[] {
  const former = new Set<string>([
    ...edits.flatMap((edit) => (edit.kind === 'remove-agent' ? edit.agentId : [])),
    ...(enhance?.formerAgents ?? []).map(({ id }) => id),
  ]);
  return agents
    .filter(({ id }) => former.has(id))
    .map(
      ({ id }) =>
        `"${id}" is the id of an agent that was removed: give the new agent another id, or change the old one by "update-agent" instead of removing it.`,
    );
}

const asMistakes = (mistakes: readonly string[]): ValidatedEdits => ({
  kind: 'mistakes',
  mistakes: mistakes.slice(0, MAX_MISTAKES),
});

async function readProposal(
  { context }: Reader,
  message: string,
): Promise<WorkflowProposal | { readonly mistakes: readonly string[] }> {
  const spec = { handoffFormat: 'structured-json', handoffSchema: proposalJsonSchema() } as const;
  const read = await context.handoffs.read(spec, message);
  if (read.kind === 'mistakes') return { mistakes: read.mistakes };
  if (read.kind === 'unusable') return { mistakes: [read.message] };
  const parsed = proposalSchema.safeParse(JSON.parse(read.content));
  if (parsed.success) return parsed.data;
  return {
    mistakes: parsed.error.issues.map(({ path, message: what }) => `${path.join('.')}: ${what}`),
  };
}

/** The errors of a workflow in this session, with its mode and repositories, and the models of the account. */
async function errorsOf(
  { context }: Reader,
  state: SessionState,
  workflow: Workflow,
): Promise<readonly string[]> {
  // The checks of a workflow file, such as its size limits.
  const read = workflowFrom(workflow);
  if (!read.ok) return read.problems.map(({ message }) => message);
  const problems = [
    ...(await workflowProblems(workflow, context.handoffs, {
      mode: state.mode,
      backend: state.backend.kind,
      autoCreatePr: state.autoCreatePr,
      repositories: repositoriesAfterEdit(state, workflow),
      ...(state.providers === null ? {} : { providers: knownProviders(state.providers) }),
    })),
    ...(await modelProblems(context, { workflow })),
  ];
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ message, pointer }) => (pointer === '' ? message : `${message} (${pointer})`));
}

const knownProviders = ({ defaultId, choices }: NonNullable<SessionState['providers']>) => ({
  defaultId,
  references: Object.keys(choices),
});

/** Why the edits are useless: they change nothing, or restore the workflow of a round that failed. Null if neither. */
function earlierRound(reader: Reader, state: SessionState, workflow: Workflow): string | null {
  if (differencesOf(state.workflow, workflow).length === 0)
    return 'The proposed edits change nothing.';
  const round = state.enhance?.round ?? 1;
  for (const [number, one] of workflowsByRound(reader, state))
    if (number < round && differencesOf(one, workflow).length === 0)
      return `The proposed edits restore the workflow of round ${number}, which did not succeed.`;
  return null;
}

/**
 * Why the edits exceed what the user agreed to. Every workflow so far came from the user, was approved, or allowed no more
 * than those, so their maximum is what the user agreed to.
 */
function allowanceReasons(reader: Reader, state: SessionState, edited: Workflow): string[] {
  const { mode, autoCreatePr } = state;
  const allowance = (workflow: Workflow, repositories: number) =>
    allowanceOf(workflow, { mode, autoCreatePr, repositories });
  const agreed = [...workflowsByRound(reader, state).values()].map((workflow) =>
    allowance(workflow, state.repositories.length),
  );
  return reasonsForHigherAllowance(
    highestAllowance(agreed),
    allowance(edited, repositoriesAfterEdit(state, edited).length),
  );
}

/** The workflow of each round so far. */
function workflowsByRound(
  { context, sessionId }: Reader,
  { enhance }: SessionState,
): ReadonlyMap<number, Workflow> {
  const current = enhance?.round ?? 1;
  const proposed = context.journal
    .sessionEvents(sessionId, { limit: 1_000, types: ['SessionStarted', 'EditsProposed'] })
    .flatMap(({ event }): [number, Workflow][] => {
      if (event.type === 'SessionStarted') return [[1, event.workflow]];
      if (event.type !== 'EditsProposed' || event.workflow === undefined) return [];
      return [[event.round + 1, event.workflow]];
    });
  return new Map(proposed.filter(([round]) => round <= current));
}
