import { type AgentId, agentId } from '../ids.ts';
import type { Workflow } from '../schema.ts';
import type { WorkflowEdit } from './edit-schema.ts';

/** Cursor rejects names of more than 100 characters. */
const MAX_STEM_LENGTH = 95;

type Rename = { readonly from: string; readonly to: string };
type UniqueEdits = { readonly edits: WorkflowEdit[]; readonly renames: readonly Rename[] };

/**
 * The edits with another name for each agent that would get the name of a different one. In a workflow file this is only
 * a warning, which its author can act on; nobody reads it for proposed edits, and commands find agents by their names.
 * `reserved`: further names, such as those of agents that were removed but are still shown.
 */
export function withUniqueNames(
  { agents }: Workflow,
  edits: readonly WorkflowEdit[],
  reserved: readonly string[],
): UniqueEdits {
  const names = new Map<string, string>(agents.map(({ id, name }) => [id, keyOf(name)]));
  const former = new Set(reserved.map(keyOf));
  const renames: Rename[] = [];
  const uniqueName = (id: string, name: string): string => {
    const isTaken = (key: string) =>
      former.has(key) || [...names].some(([other, taken]) => other !== id && taken === key);
    const isKept = names.get(id) === keyOf(name);
    const free = !isKept && isTaken(keyOf(name)) ? freeName(name, isTaken) : name;
    if (free !== name) renames.push({ from: name, to: free });
    names.set(id, keyOf(free));
    return free;
  };
  const unique = edits.map((edit): WorkflowEdit => {
    if (edit.kind === 'add-agent') {
      // The other edits may use the id that would be derived from the proposed name.
      const id = edit.agent.id ?? freeId(new Set(names.keys()), edit.agent.name);
      const name = uniqueName(id, edit.agent.name);
      return name === edit.agent.name ? edit : { ...edit, agent: { ...edit.agent, id, name } };
    }
    if (edit.kind === 'update-agent' && edit.set.name !== undefined)
      return { ...edit, set: { ...edit.set, name: uniqueName(edit.agentId, edit.set.name) } };
    if (edit.kind === 'remove-agent') {
      former.add(names.get(edit.agentId) ?? '');
      names.delete(edit.agentId);
    }
    return edit;
  });
  return { edits: unique, renames };
}

/** As the rules of a workflow compare names. */
const keyOf = (name: string): string => name.trim().toLowerCase();

function freeName(name: string, isTaken: (key: string) => boolean): string {
  const stem = name.trim().slice(0, MAX_STEM_LENGTH);
  let number = 2;
  while (isTaken(keyOf(`${stem} ${number}`))) number += 1;
  return `${stem} ${number}`;
}

/** The id of a new agent that has none, derived from its name. */
export function freeId(taken: ReadonlySet<string>, name: string): AgentId {
  const letters = name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');
  const wanted = letters.slice(0, 60).replace(/^-|-$/g, '') || 'agent';
  let free = wanted;
  for (let number = 2; taken.has(free); number += 1) free = `${wanted}-${number}`;
  return agentId(free);
}
