import type { Workflow } from '../schema.ts';
import { differencesOf, type WorkflowDifference } from './differences.ts';

/** A part of a workflow in which edits would replace what a person changed. */
export type EditConflict = Pick<WorkflowDifference, 'subject' | 'id' | 'name'> & {
  /** Empty if the edits remove the whole part. */
  readonly fields: readonly string[];
};

/**
 * What a three-way merge calls conflicts: the file differs from every version that the session has had, so a person
 * changed it, and the edits change it too, to something else.
 */
export function conflictsOf(
  versions: readonly Workflow[],
  { file, edited }: { readonly file: Workflow; readonly edited: Workflow },
): EditConflict[] {
  const changes = versions.map((version) => differencesOf(version, file));
  const isPersons = (part: Part, field: string | null) =>
    changes.every((differences) =>
      differences.some(
        (own) =>
          isSame(own, part) && (field === null || own.fields.some((one) => one.field === field)),
      ),
    );
  return differencesOf(file, edited).flatMap((difference) => {
    const { kind, subject, id, name } = difference;
    if (kind === 'added') return [];
    if (kind === 'removed')
      return isPersons(difference, null) ? [{ subject, id, name, fields: [] }] : [];
    const fields = difference.fields.flatMap(({ field }) =>
      isPersons(difference, field) ? [field] : [],
    );
    return fields.length === 0 ? [] : [{ subject, id, name, fields }];
  });
}

type Part = Pick<WorkflowDifference, 'subject' | 'id'>;

const isSame = (one: Part, other: Part): boolean =>
  one.subject === other.subject && one.id === other.id;
