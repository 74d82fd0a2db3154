import type { ChangedFileView } from '../../contract/changes.ts';

/** A folder and the changed files in it, for the list: one level, with as much of the path as files share. */
export type FolderFiles = {
  /** Empty for the top of the repository. */
  readonly folder: string;
  readonly files: readonly ChangedFileView[];
};

/** As a person counts: `page2` stands before `page10`. */
const { compare } = new Intl.Collator('en', { numeric: true });

const folderName = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Paths in the order of the list, whatever order they come in. */
export const sortByPath = <File extends { readonly path: string }>(
  files: readonly File[],
): File[] => files.toSorted((one, other) => compare(one.path, other.path));

/** Files by their folder: those at the top first, then the folders by name. */
export function groupByFolder(files: readonly ChangedFileView[]): FolderFiles[] {
  const folders = Map.groupBy(files, ({ path }) => folderName(path));
  return [...folders]
    .sort(([one], [other]) => compare(one, other))
    .map(([folder, folderFiles]) => ({
      folder,
      files: folderFiles.toSorted((one, other) =>
        compare(fileName(one.path), fileName(other.path)),
      ),
    }));
}

/** Files whose path, or whose path before they were moved, holds every word of the filter. */
export function filterFiles(files: readonly ChangedFileView[], filter: string): ChangedFileView[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return files.filter(({ path, oldPath }) => {
    const text = `${path} ${oldPath ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
