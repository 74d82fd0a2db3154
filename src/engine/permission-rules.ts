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
type Home = { readonly journal: Facts };

export function storedRules({ journal }: Home, workflowId: string): readonly StoredRule[] {
  return storedSchema.parse(journal.facts.get(keyOf(workflowId))).rules;
}

export function rulesForWorkflow(
  home: Home,
  workflowId: string,
  folder: string,
): readonly PermissionRule[] {
  return storedRules(home, workflowId)
    .filter((rule) => rule.folder === folder)
    .map(({ folder: _, at: __, ...rule }) => rule);
}

/** The newest answer about the same thing replaces the one before. */
export function rememberRule(
  home: Home,
  workflowId: string,
  {
    folder,
    at,
    rule,
  }: { readonly folder: string; readonly at: number; readonly rule: PermissionRule },
): void {
  const others = storedRules(home, workflowId).filter(
    (known) => known.folder !== folder || !isAboutTheSame(known, rule),
  );
  home.journal.facts.set(keyOf(workflowId), { rules: [...others, { ...rule, folder, at }] });
}

/** Whether there was one. */
export function forgetRule(
  home: Home,
  workflowId: string,
  forgotten: PermissionRule & { readonly folder: string },
): boolean {
  const known = storedRules(home, workflowId);
  const kept = known.filter(
    (rule) => rule.folder !== forgotten.folder || !isAboutTheSame(rule, forgotten),
  );
  if (kept.length === known.length) return false;
  home.journal.facts.set(keyOf(workflowId), { rules: kept });
  return true;
}

const isAboutTheSame = (one: PermissionRule, other: PermissionRule): boolean =>
  one.category === other.category &&
  one.pattern === other.pattern &&
  (one.isExact ?? false) === (other.isExact ?? false);
