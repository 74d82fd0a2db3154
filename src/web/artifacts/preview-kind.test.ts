import { describe, expect, it } from 'vitest';
import { previewKind } from './preview-kind.ts';

describe('a look at an artifact', () => {
  it('shows pictures and text, and nothing that would have to run', () => {
    expect(previewKind('screen.PNG')).toBe('image');
    expect(previewKind('notes.md')).toBe('text');
    expect(previewKind('page.html')).toBe('text');
    expect(previewKind('demo.mp4')).toBe('none');
    expect(previewKind('Makefile')).toBe('none');
  });
});
