/** Kills a process with SIGKILL. Throws if it is missing, because signals to process 0 go to the test's own process group. */
export function killProcess(pid: number | null | undefined): void {
  if (pid === null || pid === undefined || pid <= 0)
    throw new Error('The process to kill was not found');
  process.kill(pid, 'SIGKILL');
}
