import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deleteUnstored, readUnstored, saveUnstored } from './unstored-items.ts';

test('saved items are read up to a torn line, and can be deleted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unstored-'));
  const items = ['a', 'b'].map((id) => ({
    turnId: 'turn-1',
    item: { kind: 'text' as const, id, dataText: '{}' },
  }));
  expect(readUnstored(folder)).toEqual([]);
  saveUnstored(folder, items);
  appendFileSync(join(folder, 'unstored-items.ndjson'), '{"turnId":"turn-1","item":{"kin');
  expect(readUnstored(folder)).toEqual(items);
  deleteUnstored(folder);
  expect(readUnstored(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
