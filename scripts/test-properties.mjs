import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';

/**
 * Runs the property tests again and again, each time with another random seed: `npm run test:properties -- 50`. Ends at the
 * first failure, and prints the seed that reproduces it.
 */
const rounds = Number(process.argv[2] ?? 20);
const files = globSync('{src,rehearsal}/**/*.test.ts').filter((file) =>
  readFileSync(file, 'utf8').includes("/properties.ts'"),
);

for (let round = 1; round <= rounds; round++) {
  const seed = randomInt(2 ** 31);
  console.log(`Round ${round} of ${rounds}, seed ${seed}`);
  const { status } = spawnSync(
    'npx',
    ['vitest', 'run', '--project', 'unit', '--reporter', 'dot', ...files],
    {
      stdio: 'inherit',
      env: { ...process.env, PROPERTY_SEED: String(seed) },
    },
  );
  if (status === 0) continue;
  console.error(
    `Failed. Repeat a test with: PROPERTY_SEED=${seed} npx vitest run --project unit FILE`,
  );
  process.exit(1);
}
