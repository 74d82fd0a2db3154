import filenamify from 'filenamify';

/** File systems limit names to 255 bytes; the rest is for suffixes and temporary names. */
export const MAX_NAME_BYTES = 200;
const MAX_EXTENSION_BYTES = 20;

/** Control and format characters, bidi overrides, unpaired surrogates, and characters that file systems ignore. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const folderOfEveryArtifact = /^artifacts[/\\]+(?=.)/;

/**
 * A flat file name for a remote path: valid on every system, at most 200 bytes, and harmless for every path. Folders become
 * part of the name (`artifacts/shots/a.png` becomes `shots_a.png`). Two paths may have the same name: `assignNames` makes
 * names unique.
 */
export function safeName(remotePath: string): string {
  // Full-width dots and slashes, ligatures and the like are normalized before anything is checked.
  const plain = remotePath.normalize('NFKC').replace(invisible, '');
  const segments = plain
    .replace(folderOfEveryArtifact, '')
    .split(/[/\\]+/)
    .filter((segment) => segment.trim() !== '' && !/^\.+$/.test(segment.trim()));
  // "~1" names a file by its short name on Windows; we use "~2" ourselves for collisions.
  const flat = segments.join('_').replaceAll('~', '_').trim();
  if (flat === '') return 'artifact';
  // Hidden and configuration files (.git, .npmrc, .envrc) and options (-rf) lose their meaning.
  const visible = /^[.-]/.test(flat) ? `_${flat}` : flat;
  return cutName(filenamify(visible, { replacement: '_', maxLength: 10_000 }));
}

/**
 * Assigns every path a unique name, even if the file system ignores case or Unicode normalization. Paths keep names that are
 * already assigned, so that a later fetch writes to the same files. `reserved` names are not assigned.
 */
export function assignNames(
  remotePaths: readonly string[],
  alreadyAssigned: ReadonlyMap<string, string> = new Map(),
  reserved: readonly string[] = [],
): Map<string, string> {
  const names = new Map(alreadyAssigned);
  const taken = new Set([...names.values(), ...reserved].map(collisionKey));
  const lastNumbers = new Map<string, number>();
  for (const path of remotePaths.toSorted())
    if (!names.has(path)) names.set(path, claimName(safeName(path), taken, lastNumbers));
  return names;
}

/**
 * The preferred name, or the first of `name~2`, `name~3` … that is free; adds it to `taken`. `lastNumbers` stores where the
 * search for a name ended, so that searches for thousands of similar names do not all start at 2.
 */
export function claimName(
  preferred: string,
  taken: Set<string>,
  lastNumbers: Map<string, number> = new Map(),
): string {
  const key = collisionKey(preferred);
  let name = preferred;
  let number = lastNumbers.get(key) ?? 1;
  while (taken.has(collisionKey(name))) {
    number += 1;
    name = cutName(preferred, `~${number}`);
  }
  lastNumbers.set(key, number);
  taken.add(collisionKey(name));
  return name;
}

/** Inserts a suffix before the extension of a name. */
export const nameWith = (name: string, suffix: string): string => cutName(name, suffix);

/** Equal for names that some file system treats as equal: `Straße` and `STRASSE`; composed and decomposed `é`. */
export function collisionKey(name: string): string {
  const folded = name.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase();
  return folded.normalize('NFKC');
}

/** Shortens the stem, keeps the extension, and puts the suffix between them. */
function cutName(name: string, suffix = ''): string {
  const dot = name.lastIndexOf('.');
  const rest = dot > 0 ? name.slice(dot) : '';
  const extension = Buffer.byteLength(rest) <= MAX_EXTENSION_BYTES ? rest : '';
  const stem = name.slice(0, name.length - extension.length);
  const maxBytes = MAX_NAME_BYTES - Buffer.byteLength(suffix + extension);
  // Windows removes trailing dots and spaces, which could make two names equal.
  return cutBytes(stem, maxBytes).replace(/[. ]+$/, '') + suffix + extension;
}

function cutBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let truncated = '';
  let size = 0;
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > maxBytes) break;
    truncated += character;
  }
  return truncated;
}
