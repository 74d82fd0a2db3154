import { expect, it } from 'vitest';
import { callsIn } from './history.ts';
import { parseMessage } from './message.ts';

const lineOf = (raw: object) => {
  const message = parseMessage(raw);
  if (message === null) throw new Error('It is a message');
  return { message, detail: undefined };
};
const call = (id: string) =>
  lineOf({
    type: 'assistant',
    message: { id: 'm', content: [{ type: 'tool_use', id, name: 'Bash', input: { command: id } }] },
  });
const result = (id: string, content: string, is_error = false) =>
  lineOf({
    type: 'user',
    message: { content: [{ type: 'tool_result', tool_use_id: id, content, is_error }] },
  });
const shown = (...lines: Parameters<typeof callsIn>[0]) =>
  callsIn(lines).map(({ dataText }) => {
    const { callId, status } = JSON.parse(dataText);
    return `${callId} ${status}`;
  });

it('returns the calls of a session and their ends', () => {
  const prompt = lineOf({ type: 'user', message: { content: 'Do it' } });
  expect(
    shown(
      prompt,
      call('a'),
      result('a', 'x'),
      call('b'),
      result('b', 'Exit code 1', true),
      call('c'),
    ),
  ).toEqual(['a running', 'a completed', 'b running', 'b error', 'c running']);
});

it('an aborted call has no end', () => {
  const texts = [
    'Exit code 137',
    'Exit code 143\nsome output',
    '[Tool call interrupted: the session ended before this call ended]',
  ];
  for (const text of texts)
    expect(shown(call('a'), result('a', text, true))).toEqual(['a running']);
});

it('leaves out a call that was not allowed', () => {
  const denied = "The user doesn't want to take this action right now. STOP what you are doing.";
  expect(shown(call('a'), result('a', denied, true))).toEqual([]);
  const requestFailed = 'Tool permission request failed: AbortError: Tool permission stream closed';
  expect(shown(call('a'), result('a', requestFailed, true))).toEqual([]);
});
