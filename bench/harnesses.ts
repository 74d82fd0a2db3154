import { type Cost, costOf } from './harnesses/processes.ts';
import { type Subject, subjects } from './harnesses/subjects.ts';

const MiB = 1024 * 1024;
const SAMPLE_INTERVAL_MS = 50;

/**
 * Measures one agent and eight parallel agents with each harness and with the bare library: peak memory, the processor
 * time of a turn with one command, and the time until the slowest agent produces its first item. Linux only.
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
    const runningAgents = await subject.start(agents, (pid) => roots.add(pid));
    const { memoryBytes, processorSeconds } = peak.end();
    await runningAgents.end();
    return {
      [`${label}: memory (MiB)`]: memoryBytes / MiB,
      [`${label}: processor (s)`]: processorSeconds,
      [`${label}: first item of the last (s)`]: Math.max(...runningAgents.firstItemMs) / 1_000,
    };
  } catch (error) {
    // A harness that fails on this machine must not prevent the others from being measured.
    console.log(`  ${label}: not measured: ${error instanceof Error ? error.message : error}`);
    return {};
  }
}

/** Samples repeatedly, because some programs exit with their turn and could not be measured afterwards. */
class Peak {
  readonly #roots: ReadonlySet<number>;
  readonly #timer: NodeJS.Timeout;
  #memoryBytes = 0;

  constructor(roots: ReadonlySet<number>) {
    this.#roots = roots;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_INTERVAL_MS);
  }

  end(): Cost {
    clearInterval(this.#timer);
    const cost = this.#sample();
    return { ...cost, memoryBytes: this.#memoryBytes };
  }

  #sample(): Cost {
    const cost = costOf([...this.#roots]);
    this.#memoryBytes = Math.max(this.#memoryBytes, cost.memoryBytes);
    return cost;
  }
}
