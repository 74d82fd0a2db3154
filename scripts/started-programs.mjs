import { basename, dirname, join } from 'node:path';

/**
 * `new URL('./host.ts', import.meta.url)`: how a program refers to another program that it starts as a process or
 * worker.
 */
const reference = /new URL\(\s*'(\.{1,2}\/[^']+\.ts)'\s*,\s*import\.meta\.url\s*,?\s*\)/g;

/**
 * A plugin for the bundler: each file that the sources refer to in this way becomes an entry of the bundle, and the
 * reference is replaced with the path of that entry. All entries are in one folder, so the relative path is the same
 * for all of them.
 */
export function startedPrograms() {
  return {
    name: 'started-programs',
    transform(code, id) {
      if (id.includes('node_modules') || !code.includes('import.meta.url')) return null;
      const changed = code.replace(reference, (_, path) => {
        const fileName = this.getFileName(
          this.emitFile({ type: 'chunk', id: join(dirname(id), path), fileName: nameOf(path) }),
        );
        return `new URL('./${fileName}', import.meta.url)`;
      });
      return changed === code ? null : { code: changed, map: null };
    },
  };
}

/**
 * The name of a `main.ts`, or of a `host.ts` in another folder, includes its folder, because two programs would
 * otherwise have the same name.
 */
function nameOf(path) {
  const name = basename(path, '.ts');
  const folder = basename(dirname(path));
  if (name === 'main') return `${folder}.mjs`;
  return name === 'host' && !folder.startsWith('.') ? `${folder}-host.mjs` : `${name}.mjs`;
}
