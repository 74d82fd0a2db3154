import { type Fields, fieldsOf } from '../../lib/fields.ts';
import type { Tone } from '../terminal/lines.ts';
import { textField } from './fields.ts';

/** Describes a tool request for a log line. */
export function formatToolRequest(value: unknown): string {
  const request = fieldsOf(value);
  const tool = textField(request, 'tool') ?? 'a tool';
  const server = textField(request, 'server');
  const qualifiedName = server === undefined ? tool : `${server}/${tool}`;
  const subject = textField(request, 'command') ?? textField(request, 'path');
  return `asks for permission: ${subject === undefined ? qualifiedName : `${qualifiedName} ${subject}`}`;
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
    scopeLabels[textField(event, 'scope') ?? ''] ?? '',
    by === 'rule' ? ', as answered before' : ` (${by})`,
    note === undefined ? '' : `: ${note}`,
  ].join('');
  return { text, tone: isAllowed ? 'good' : 'attention', isMinor: by === 'rule' };
}

const scopeLabels: Readonly<Record<string, string>> = {
  session: ' for this session',
  always: ' always',
};
