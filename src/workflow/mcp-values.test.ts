import { expect, test } from 'vitest';
import { requiredValues, withValues } from './mcp-values.ts';

const server = {
  env: { TOKEN: '${API_TOKEN}', PLAIN: 'x', TWICE: '${A}-${A}', ODD: '$HOME ${1x} ${}' },
  headers: { Authorization: 'Bearer ${API_TOKEN}' },
};

test('the names of values are found without duplicates', () => {
  expect(requiredValues(server)).toEqual(['API_TOKEN', 'A']);
  expect(requiredValues({})).toEqual([]);
});

test('values replace placeholders, and nothing else changes', () => {
  const filled = withValues({ ...server, command: 'run' }, { API_TOKEN: 's$&cret' });
  expect(filled).toEqual({
    command: 'run',
    env: { TOKEN: 's$&cret', PLAIN: 'x', TWICE: '${A}-${A}', ODD: '$HOME ${1x} ${}' },
    headers: { Authorization: 'Bearer s$&cret' },
  });
});
