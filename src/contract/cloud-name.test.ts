import { expect, test } from 'vitest';
import { failureWithCloudName, withCloudName } from './cloud-name.ts';

const rename = (text: string) => withCloudName('rehearsal', text);

test('names the rehearsal cloud in messages about the cloud', () => {
  for (const [stored, expected] of [
    ['Cursor gave no reason.', 'The rehearsal cloud gave no reason.'],
    ['It failed. Cursor gave no reason.', 'It failed. The rehearsal cloud gave no reason.'],
    ["Open the agent's page on Cursor.", "Open the agent's page on the rehearsal cloud."],
    ["Cursor's record says RUNNING.", "The rehearsal cloud's record says RUNNING."],
    ["The Cursor account's limit", "The rehearsal cloud account's limit"],
    ['belongs to another Cursor account', 'belongs to another rehearsal cloud account'],
    ['The limit of the Cursor account.', 'The limit of the rehearsal cloud account.'],
  ] as const) {
    expect(rename(stored)).toBe(expected);
    expect(withCloudName('cursor', stored)).toBe(stored);
  }
});

test('does not change names, quotations, addresses and products', () => {
  for (const text of [
    'The agent "Cursor helper" was skipped.',
    'The helper process for the Cursor SDK ended.',
    'No valid Cursor API key is set.',
    "Cursor's SDK cannot be loaded on this machine.",
    "It runs in Cursor's sandbox.",
    'Only Cursor Agent is supported.',
    'Run `echo Cursor` and read “Cursor rules”.',
    'See Cursor.com and the folder .cursor, on the branch Cursor-1.',
  ])
    expect(rename(text)).toBe(text);
});

test('changes only the message and the suggestion of a failure', () => {
  const failure = { code: 'run_failed', message: 'The run failed on Cursor.', isFinal: true };
  expect(failureWithCloudName('rehearsal', failure)).toEqual({
    code: 'run_failed',
    message: 'The run failed on the rehearsal cloud.',
    isFinal: true,
  });
  expect(failureWithCloudName('rehearsal', null)).toBeNull();
});
