import type Docker from 'dockerode';

/** What `docker info` says of the engine's devices; dockerode's types don't know all of it. */
interface Devices {
  Runtimes?: Record<string, unknown>;
  DiscoveredDevices?: { ID?: string }[];
}

const CDI_KIND = 'nvidia.com/gpu';

/** How the engine hands an NVIDIA GPU to a container; undefined where it has none. H2O's XGBoost knows no other kind. */
export function gpuRequest({ Runtimes, DiscoveredDevices }: Devices): Docker.DeviceRequest | undefined {
  if (Runtimes && 'nvidia' in Runtimes) {
    return { Driver: 'nvidia', Count: -1, Capabilities: [['gpu', 'compute', 'utility']] };
  }
  const discovered = DiscoveredDevices?.some(({ ID: id }) => id?.startsWith(CDI_KIND));
  return discovered ? { Driver: 'cdi', DeviceIDs: [`${CDI_KIND}=all`] } : undefined;
}
