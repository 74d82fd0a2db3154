import { z } from 'zod';
import { permissionRuleSchema } from '../permissions/schema.ts';
import type { PermissionRule } from '../permissions/tool-request.ts';
import type { EngineContext } from './context.ts';

/**
 * Rules from answers with the scope `always`. They are stored on this machine, per workflow and folder, and never in the
 * workflow file, so that a copy of the workflow in another folder does not have them.
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

/** Stores a rule. It replaces an earlier rule with the same subject. */
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

/** Removes a rule. Returns whether it existed. */
export function removeRule(
  store: RuleStore,
  workflowId: string,
  forgotten: PermissionRule & { readonly folder: string },
): boolean {
  const known = storedRules(store, workflowId);
  const remaining = known.filter(
    (rule) => rule.folder !== forgotten.folder || !hasSameSubject(rule, forgotten),
  );
  if (remaining.length === known.length) return false;
  store.journal.facts.set(keyOf(workflowId), { rules: remaining });
  return true;
}

const hasSameSubject = (one: PermissionRule, other: PermissionRule): boolean =>
  one.category === other.category &&
  one.pattern === other.pattern &&
  (one.isExact ?? false) === (other.isExact ?? false);
