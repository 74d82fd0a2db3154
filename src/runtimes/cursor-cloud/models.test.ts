import { expect, it } from 'vitest';
import { similarModels } from './models.ts';

const models = [
  { id: 'claude-sonnet-4-6', displayName: 'Sonnet', aliases: [] },
  { id: 'claude-haiku-4-5', displayName: 'Haiku', aliases: [] },
  { id: 'composer-2.5', displayName: 'Composer', aliases: ['composer'] },
];

it('lists the model most similar to the requested name first', () => {
  expect(similarModels('Claude Sonnet 4.5', models)).toEqual([
    'claude-sonnet-4-6',
    'claude-haiku-4-5',
  ]);
  expect(similarModels('composer-3', models)).toEqual(['composer-2.5']);
  expect(similarModels('gpt', models)).toEqual([]);
});
