import { AutomlError } from '../contracts/failure';

/** @throws {AutomlError} `not_enough_memory` where one execution may use more than the host has. */
export function checkMemory(wantedMb: number, hostBytes: number): void {
  const hostMb = Math.floor(hostBytes / 1024 / 1024);
  if (wantedMb <= hostMb) return;
  throw new AutomlError({
    category: 'system',
    code: 'not_enough_memory',
    message: `An execution may use ${wantedMb} MB of memory, but this host has ${hostMb} MB.`,
    hint: 'Lower CONTAINER_MEMORY_MB and H2O_MAX_MEM (an execution gets 1.6 times the heap).',
  });
}
