import filenamify from 'filenamify';

/** Bytes, because file systems count those (255 at most); the rest is left for suffixes and temporary names. */
export const MAX_NAME_BYTES = 200;
const MAX_EXTENSION_BYTES = 20;

/** Control and format characters, bidi overrides, halves of surrogate pairs, and whatever file systems ignore. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
const folderOfEveryArtifact = /^artifacts[/\\]+(?=.)/;

/**
 * One flat file name for a remote path: valid on every system, at most 200 bytes, and harmless whatever the path
 * says. Folders become part of the name (`artifacts/shots/a.png` is `shots_a.png`). Two paths may give the same
 * name: `assignNames` tells them apart.
 */
export function safeName(remotePath: string): string {
  // Full-width dots and slashes, ligatures and the like become what they look like before anything is checked.
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
 * Gives every path a unique name, even if the file system ignores case or Unicode spelling. Names that are already
 * taken by a path stay with it, so that a later fetch writes to the same files. `reserved` names are given to none.
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
 * The wanted name, or the first of `name~2`, `name~3` … that is free; it is taken from that point on. `lastNumbers` remembers
 * where the search for a name ended, so that thousands of like names do not all begin at 2.
 */
export function claimName(
  wanted: string,
  taken: Set<string>,
  lastNumbers: Map<string, number> = new Map(),
): string {
  const key = collisionKey(wanted);
  let name = wanted;
  let number = lastNumbers.get(key) ?? 1;
  while (taken.has(collisionKey(name))) {
    number += 1;
    name = cutName(wanted, `~${number}`);
  }
  lastNumbers.set(key, number);
  taken.add(collisionKey(name));
  return name;
}

/** A name with a suffix before its extension. */
export const nameWith = (name: string, suffix: string): string => cutName(name, suffix);

/** Equal for names that some file system takes for one: `Straße`, `STRASSE`; composed and decomposed `é`. */
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
  const room = MAX_NAME_BYTES - Buffer.byteLength(suffix + extension);
  // Windows strips dots and spaces from the end, which would make two names one.
  return cutBytes(stem, room).replace(/[. ]+$/, '') + suffix + extension;
}

function cutBytes(text: string, room: number): string {
  if (Buffer.byteLength(text) <= room) return text;
  let cut = '';
  let size = 0;
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > room) break;
    cut += character;
  }
  return cut;
}
