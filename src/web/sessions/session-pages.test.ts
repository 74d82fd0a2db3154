import { describe, expect, it } from 'vitest';
import { pageSize, pagesFor } from './session-pages.ts';

describe('pages of the session list', () => {
  it('requests only the visible pages', () => {
    expect(pagesFor(0, 10)).toEqual([0]);
    expect(pagesFor(pageSize - 1, pageSize)).toEqual([0, 1]);
    expect(pagesFor(9990, 9999)).toEqual([199]);
  });

  it('requests the first page while nothing is loaded', () => {
    expect(pagesFor(0, -1)).toEqual([0]);
  });
});
