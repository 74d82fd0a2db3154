import { describe, expect, it } from 'vitest';
import { previewKind } from './preview-kind.ts';

describe('the preview of an artifact', () => {
  it('shows images and text, and nothing that would have to be executed', () => {
    expect(previewKind('screen.PNG')).toBe('image');
    expect(previewKind('notes.md')).toBe('text');
    expect(previewKind('page.html')).toBe('text');
    expect(previewKind('demo.mp4')).toBe('none');
    expect(previewKind('Makefile')).toBe('none');
  });
});
