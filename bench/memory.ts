export async function measureMemory(): Promise<Record<string, number>> {
  return {};
}
