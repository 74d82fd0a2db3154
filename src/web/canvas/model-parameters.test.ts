import { describe, expect, it } from 'vitest';
import { setParameter, visibleParameters } from './model-parameters.ts';

const models = [
  {
    id: 'composer-2.5',
    aliases: ['composer-2'],
    parameters: [
      { id: 'fast', values: ['false', 'true'] },
      { id: 'optimize_for', values: ['cost'] },
    ],
  },
  { id: 'plain', aliases: [] },
];

describe('parameters of a model', () => {
  it('are found by the id or an alias of the model', () => {
    const shown = visibleParameters(
      { model: 'composer-2', modelParameters: { fast: 'true' } },
      models,
    );
    expect(shown).toEqual([
      { id: 'fast', label: 'Fast', value: 'true', values: ['false', 'true'] },
      { id: 'optimize_for', label: 'Optimize for', value: '', values: ['cost'] },
    ]);
  });

  it('include values and parameters that only the file has', () => {
    const agent = { model: 'composer-2.5', modelParameters: { fast: 'maybe', speed: 'x' } };
    expect(visibleParameters(agent, models)).toMatchObject([
      { id: 'fast', value: 'maybe', values: ['false', 'true', 'maybe'] },
      { id: 'optimize_for' },
      { id: 'speed', value: 'x', values: null },
    ]);
    expect(visibleParameters({ modelParameters: { speed: 'x' } }, [])).toHaveLength(1);
    expect(visibleParameters({ model: 'plain' }, models)).toEqual([]);
  });

  it('are written without empty ones', () => {
    expect(setParameter(undefined, 'fast', 'true')).toEqual({ fast: 'true' });
    expect(setParameter({ fast: 'true', a: 'b' }, 'fast', '')).toEqual({ a: 'b' });
    expect(setParameter({ fast: 'true' }, 'fast', '')).toBeUndefined();
  });
});
