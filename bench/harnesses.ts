import { type Cost, costOf } from './harnesses/processes.ts';
import { type Subject, subjects } from './harnesses/subjects.ts';

const MiB = 1024 * 1024;
const LOOK_EVERY_MS = 50;

/**
 * What one agent and eight at once cost with each harness, next to the bare library: the most memory at one time, the processor
 * time of a turn with one command, and the time to the first sign of the slowest. Linux only.
 */
export async function measureHarnesses(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const subject of await subjects()) {
    if (subject.missing !== null) {
      console.log(`  ${subject.name}: skipped, because it is ${subject.missing}`);
      continue;
    }
    for (const agents of [1, 8]) Object.assign(figures, await measure(subject, agents));
  }
  return figures;
}

async function measure(subject: Subject, agents: number): Promise<Record<string, number>> {
  const label = `${subject.name}, ${agents === 1 ? 'one agent' : `${agents} agents`}`;
  try {
    const roots = new Set<number>();
    const peak = new Peak(roots);
    const atWork = await subject.start(agents, (pid) => roots.add(pid));
    const { memoryBytes, processorSeconds } = peak.end();
    await atWork.end();
    return {
      [`${label}: memory (MiB)`]: memoryBytes / MiB,
      [`${label}: processor (s)`]: processorSeconds,
      [`${label}: first item of the last (s)`]: Math.max(...atWork.firstItemMs) / 1_000,
    };
  } catch (error) {
    // One harness that cannot work here is no reason not to know about the others.
    console.log(`  ${label}: not measured: ${error instanceof Error ? error.message : error}`);
    return {};
  }
}

/** Looks again and again: some programs end with their turn, and would not be seen after it. */
class Peak {
  readonly #roots: ReadonlySet<number>;
  readonly #timer: NodeJS.Timeout;
  #memoryBytes = 0;

  constructor(roots: ReadonlySet<number>) {
    this.#roots = roots;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
  }

  end(): Cost {
    clearInterval(this.#timer);
    const cost = this.#look();
    return { ...cost, memoryBytes: this.#memoryBytes };
  }

  #look(): Cost {
    const cost = costOf([...this.#roots]);
    this.#memoryBytes = Math.max(this.#memoryBytes, cost.memoryBytes);
    return cost;
  }
}
