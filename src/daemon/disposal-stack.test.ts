import { expect, test } from 'vitest';
import { DisposalStack } from './disposal-stack.ts';

test('stops parts in reverse order, one after another', async () => {
  const stopped: string[] = [];
  const stack = new DisposalStack();
  stack.defer(() => stopped.push('journal'));
  stack.defer(async () => {
    await Promise.resolve();
    stopped.push('engine');
  });
  await stack[Symbol.asyncDispose]();
  expect(stopped).toEqual(['engine', 'journal']);
});

test('stops the others if one fails, and throws its error', async () => {
  const stopped: string[] = [];
  const stack = new DisposalStack();
  stack.defer(() => stopped.push('journal'));
  stack.defer(() => Promise.reject(new Error('engine stuck')));
  await expect(stack[Symbol.asyncDispose]()).rejects.toThrow('engine stuck');
  expect(stopped).toEqual(['journal']);
});

test('does not stop parts that were moved to another stack', async () => {
  const stopped: string[] = [];
  const stack = new DisposalStack();
  stack.defer(() => stopped.push('journal'));
  const moved = stack.move();
  await stack[Symbol.asyncDispose]();
  expect(stopped).toEqual([]);
  await moved[Symbol.asyncDispose]();
  expect(stopped).toEqual(['journal']);
});
