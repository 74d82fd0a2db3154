import { fence } from './markdown.ts';
import { answerSection } from './prompt.ts';
import type { AskedCondition, HandoffWish } from './prompt-parts.ts';

type LastMessage = {
  readonly outgoing: readonly HandoffWish[];
  readonly conditions: readonly AskedCondition[];
};

/** A person wants changes before the work is handed on; there is a note from each gate at which they said so. */
export function composeChangesPrompt(notes: readonly string[], wanted: LastMessage): string {
  return [
    'A person has read your work, and asks for changes before it is handed on:',
    ...(notes.length === 0 ? [noted(null)] : notes.map(noted)),
    'Make them. Then write your whole last message again, with everything that it had to contain.',
    answerSection(wanted.outgoing, wanted.conditions),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function composePlanChangesPrompt(note: string | null): string {
  return [
    'A person has read your plan, and asks for changes:',
    noted(note),
    'Change no files yet. Propose the whole plan again as your last message.',
  ].join('\n\n');
}

export function composeCarryOutPrompt(note: string | null, wanted: LastMessage): string {
  return [
    'Your plan is approved. Carry it out now.',
    note === null ? '' : `The person added:\n\n${noted(note)}`,
    answerSection(wanted.outgoing, wanted.conditions),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const noted = (note: string | null): string =>
  fence(note ?? 'No further explanation was given.', 'note');
