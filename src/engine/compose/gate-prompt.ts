import { fence } from './markdown.ts';
import { answerSection } from './prompt.ts';
import type { HandoffSpec, PromptCondition } from './prompt-parts.ts';

type LastMessage = {
  readonly outgoing: readonly HandoffSpec[];
  readonly conditions: readonly PromptCondition[];
};

/** The user requests changes before the work is handed off. `notes`: one from each gate with a note. */
export function composeChangesPrompt(notes: readonly string[], lastMessage: LastMessage): string {
  return [
    'The user has reviewed your work and asks for changes before it is handed on:',
    ...(notes.length === 0 ? [noted(null)] : notes.map(noted)),
    'Make these changes. Then write your complete last message again, with everything that it must contain.',
    answerSection(lastMessage.outgoing, lastMessage.conditions),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function composePlanChangesPrompt(note: string | null): string {
  return [
    'The user has reviewed your plan and asks for changes:',
    noted(note),
    'Do not change any files yet. Propose the complete plan again as your last message.',
  ].join('\n\n');
}

/** `plan`: as the user edited it; null if it is carried out as proposed. */
export function composeCarryOutPrompt(
  { note, plan }: { readonly note: string | null; readonly plan: string | null },
  lastMessage: LastMessage,
): string {
  return [
    plan === null ? 'Your plan is approved. Carry it out now.' : changedPlan(plan),
    note === null ? '' : `Note from the user:\n\n${noted(note)}`,
    answerSection(lastMessage.outgoing, lastMessage.conditions),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const changedPlan = (plan: string): string =>
  `Your plan is approved with changes: a person edited it. Carry out this plan now, as it is here. It replaces the one that you proposed; do nothing that it leaves out.\n\n${fence(plan, 'plan')}`;

const noted = (note: string | null): string =>
  fence(note ?? 'No further explanation was given.', 'note');
