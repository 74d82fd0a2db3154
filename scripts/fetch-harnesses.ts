/**
 * Fetches the third-party harnesses at their pinned versions into the folder that `CEREVISOR_HARNESS_CACHE` names, or
 * `.cache/harnesses`, for the tests that run them. They are not dependencies, because each takes about 400 MB. Harnesses
 * that are already there are kept. Exits with 1 if one could not be fetched; its tests are then skipped.
 */
import { resolve } from 'node:path';
import { catalog, harnessNames } from '../src/harnesses/catalog.ts';
import { fetchHarness } from '../src/harnesses/fetch.ts';
import { installedHarness } from '../src/harnesses/installed.ts';

const cache = resolve(process.env.CEREVISOR_HARNESS_CACHE ?? '.cache/harnesses');
const paths = { home: cache, cache };

for (const name of harnessNames) {
  const { title, packageVersion } = catalog[name];
  if ((await installedHarness(paths, name)) !== null) {
    console.log(`${title} is in ${cache}.`);
    continue;
  }
  console.log(`Fetching ${title} (${packageVersion}) into ${cache}…`);
  const fetched = await fetchHarness(name, {
    paths,
    environment: process.env,
    signal: AbortSignal.timeout(10 * 60_000),
    onProgress: () => {},
  });
  if (fetched.ok) continue;
  console.error(`${fetched.error.message} ${fetched.error.suggestion ?? ''}`);
  process.exitCode = 1;
}
