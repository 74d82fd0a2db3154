import { type Fields, fieldsOf } from '../../lib/fields.ts';
import type { Tone } from '../terminal/lines.ts';
import { textField } from './fields.ts';

/** What a tool call asks for, in the words of a log line. */
export function requestWords(value: unknown): string {
  const request = fieldsOf(value);
  const tool = textField(request, 'tool') ?? 'a tool';
  const server = textField(request, 'server');
  const named = server === undefined ? tool : `${server}/${tool}`;
  const subject = textField(request, 'command') ?? textField(request, 'path');
  return `asks for permission: ${subject === undefined ? named : `${named} ${subject}`}`;
}

export function describeToolAnswer(event: Fields): {
  readonly text: string;
  readonly tone: Tone;
  readonly isMinor: boolean;
} {
  const isAllowed = textField(event, 'decision') === 'allow';
  const note = textField(event, 'note');
  const by = textField(event, 'by') ?? '';
  const text = [
    isAllowed ? 'allowed' : 'denied',
    forWhat[textField(event, 'scope') ?? ''] ?? '',
    by === 'rule' ? ', as answered before' : ` (${by})`,
    note === undefined ? '' : `: ${note}`,
  ].join('');
  return { text, tone: isAllowed ? 'good' : 'attention', isMinor: by === 'rule' };
}

const forWhat: Readonly<Record<string, string>> = {
  session: ' for this session',
  always: ' always',
};
