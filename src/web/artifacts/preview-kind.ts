const images = new Set(['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'bmp', 'svg', 'ico']);
const texts = new Set(
  'txt md markdown log json jsonl ndjson csv tsv yaml yml toml xml html htm css js mjs cjs ts tsx jsx py rb go rs java kt c h cpp cs php sh sql diff patch ini conf env'.split(
    ' ',
  ),
);

/** How a file can be previewed without executing anything: as an image, as plain text, or not at all. */
export function previewKind(file: string): 'image' | 'text' | 'none' {
  const extension = /\.([^.]+)$/.exec(file.toLowerCase())?.[1] ?? '';
  if (images.has(extension)) return 'image';
  return texts.has(extension) ? 'text' : 'none';
}
