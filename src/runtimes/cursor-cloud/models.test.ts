import { expect, it } from 'vitest';
import { closeNames } from './models.ts';

const models = [
  { id: 'claude-sonnet-4-6', displayName: 'Sonnet', aliases: [] },
  { id: 'claude-haiku-4-5', displayName: 'Haiku', aliases: [] },
  { id: 'composer-2.5', displayName: 'Composer', aliases: ['composer'] },
];

it('puts the model that shares most with the wanted name first', () => {
  expect(closeNames('Claude Sonnet 4.5', models)).toEqual([
    'claude-sonnet-4-6',
    'claude-haiku-4-5',
  ]);
  expect(closeNames('composer-3', models)).toEqual(['composer-2.5']);
  expect(closeNames('gpt', models)).toEqual([]);
});
