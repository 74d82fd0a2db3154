import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Inserts the list of all files of the app into the service worker, with a version derived from their contents. */
export function shellFiles(publicFolder: string): Plugin {
  return {
    name: 'shell-files',
    apply: 'build',
    generateBundle: {
      // Runs after all other files have been generated.
      order: 'post',
      handler(_, bundle) {
        const source = readFileSync(join(import.meta.dirname, 'service-worker.js'), 'utf8');
        const publicFiles = readdirSync(publicFolder).sort();
        const built = Object.keys(bundle)
          .filter((name) => name !== 'index.html')
          .sort();
        const files = ['/', ...[...publicFiles, ...built].map((name) => `/${name}`)];
        const hash = createHash('sha256').update(source).update(JSON.stringify(files));
        const page = bundle['index.html'];
        if (page?.type === 'asset') hash.update(page.source);
        for (const name of publicFiles) hash.update(readFileSync(join(publicFolder, name)));
        const text = source
          .replace('const files = [];', `const files = ${JSON.stringify(files)};`)
          .replace("const version = '';", `const version = '${hash.digest('hex').slice(0, 12)}';`);
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: text });
      },
    },
  };
}
