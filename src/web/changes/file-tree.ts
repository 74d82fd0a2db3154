import type { ChangedFileView } from '../../contract/changes.ts';

/** A folder and its changed files. Folders are not nested: `folder` is the whole path. */
export type FolderFiles = {
  /** Empty for the root of the repository. */
  readonly folder: string;
  readonly files: readonly ChangedFileView[];
};

/** Natural order: `page2` before `page10`. */
const { compare } = new Intl.Collator('en', { numeric: true });

const folderName = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Sorts files in the order of the list. */
export const sortByPath = <File extends { readonly path: string }>(
  files: readonly File[],
): File[] => files.toSorted((one, other) => compare(one.path, other.path));

/** Groups files by folder: those in the root first, then the folders by name. */
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

/** Files whose current or previous path contains every word of the filter. */
export function filterFiles(files: readonly ChangedFileView[], filter: string): ChangedFileView[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return files.filter(({ path, oldPath }) => {
    const text = `${path} ${oldPath ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
