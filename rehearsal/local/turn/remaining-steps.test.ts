import { expect, it } from 'vitest';
import { type Interruption, RecordedCalls } from '../../agent/interruption.ts';
import { parseScript } from '../../agent/script.ts';
import { remainingSteps } from './remaining-steps.ts';

const planOf = (...lines: string[]) => {
  const script = parseScript(lines.join('\n'));
  if (!script.ok) throw new Error(script.message);
  return script.steps;
};

const leftOf = (plan: ReturnType<typeof planOf>, record: Partial<Interruption>) => {
  const interruption = { task: '', done: [], unknown: [], leftOut: 0, written: '', ...record };
  const recorded = new RecordedCalls(interruption);
  return remainingSteps(plan, { folder: '/w', recorded }, interruption).map(({ kind }) => kind);
};

it('removes text, thoughts and waits before the last completed call', () => {
  const plan = planOf('say one', 'wait 1h', 'run a', 'think b', 'say two', 'wait 1m', 'say three');
  const done = [{ tool: 'shell', argsText: '{"command":"a"}' }];
  expect(leftOf(plan, { done })).toEqual(['run', 'think', 'say', 'wait', 'say']);
  expect(leftOf(plan, { done, written: 'onetwo' })).toEqual(['run', 'think', 'wait', 'say']);
});

it('repeats a failure only if no later call was completed', () => {
  const plan = planOf('fail unless attempt 2', 'write a.txt x', 'say done');
  const done = [{ tool: 'edit', argsText: '{"path":"/w/a.txt"}' }];
  expect(leftOf(plan, { done })).toEqual(['write', 'say']);
  expect(leftOf(plan, {})).toEqual(['fail', 'write', 'say']);
});
