import { z } from 'zod';
import { permissionRuleSchema } from '../permissions/schema.ts';
import type { PermissionRule } from '../permissions/tool-request.ts';
import type { EngineContext } from './context.ts';

/**
 * Answers "always": rules of this machine for one workflow in one folder, next to the journal's events and never in the
 * shareable file. A copy of the workflow that works elsewhere, or one that borrows its id, has none of them.
 */
const storedSchema = z
  .object({ rules: z.array(permissionRuleSchema.extend({ folder: z.string(), at: z.number() })) })
  .catch({ rules: [] });
type StoredRule = z.infer<typeof storedSchema>['rules'][number];

const keyOf = (workflowId: string): string => `permission-rules/${workflowId}`;

type Facts = Pick<EngineContext['journal'], 'facts'>;
type RuleStore = { readonly journal: Facts };

export function storedRules({ journal }: RuleStore, workflowId: string): readonly StoredRule[] {
  return storedSchema.parse(journal.facts.get(keyOf(workflowId))).rules;
}

export function rulesForWorkflow(
  store: RuleStore,
  workflowId: string,
  folder: string,
): readonly PermissionRule[] {
  return storedRules(store, workflowId)
    .filter((rule) => rule.folder === folder)
    .map(({ folder: _, at: __, ...rule }) => rule);
}

/** The newest answer about the same thing replaces the one before. */
export function storeRule(
  store: RuleStore,
  workflowId: string,
  {
    folder,
    at,
    rule,
  }: { readonly folder: string; readonly at: number; readonly rule: PermissionRule },
): void {
  const others = storedRules(store, workflowId).filter(
    (known) => known.folder !== folder || !hasSameSubject(known, rule),
  );
  store.journal.facts.set(keyOf(workflowId), { rules: [...others, { ...rule, folder, at }] });
}

/** Whether there was one. */
export function removeRule(
  store: RuleStore,
  workflowId: string,
  forgotten: PermissionRule & { readonly folder: string },
): boolean {
  const known = storedRules(store, workflowId);
  const kept = known.filter(
    (rule) => rule.folder !== forgotten.folder || !hasSameSubject(rule, forgotten),
  );
  if (kept.length === known.length) return false;
  store.journal.facts.set(keyOf(workflowId), { rules: kept });
  return true;
}

const hasSameSubject = (one: PermissionRule, other: PermissionRule): boolean =>
  one.category === other.category &&
  one.pattern === other.pattern &&
  (one.isExact ?? false) === (other.isExact ?? false);
