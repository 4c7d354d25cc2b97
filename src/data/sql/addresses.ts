import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { dataError } from '../errors';

/**
 * Addresses that no database lives at and that hand out credentials or reach many hosts: link-local with the metadata
 * services of the clouds, multicast, broadcast, unspecified. Refused even for listed hosts.
 */
const refused = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['192.0.0.0', 24],
  ['168.63.129.16', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  refused.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::', 32],
] as const) {
  refused.addSubnet(net, prefix, 'ipv6');
}

/** Addresses that carry an IPv4 address in their last or middle bytes. */
const CARRIERS = [/^::ffff:(\d+\.\d+\.\d+\.\d+)$/i, /^64:ff9b::(\d+\.\d+\.\d+\.\d+)$/i, /^::(\d+\.\d+\.\d+\.\d+)$/];

/**
 * The address to connect to, so that the name cannot be resolved to another one afterwards.
 * @throws {AutomlError} `host_not_allowed`, `host_unknown`.
 */
export async function pinnedAddress(host: string, allowedHosts: string[]): Promise<string> {
  const name = host.replace(/^\[|\]$/g, '').toLowerCase();
  if (isIP(name) === 0 && !/^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?$/.test(name)) {
    throw dataError('host_not_allowed', 'The host is no host name or address.', 'Enter a name such as db.example.org.');
  }
  if (allowedHosts.length > 0 && !allowedHosts.some((allowed) => allowed.toLowerCase() === name)) {
    throw dataError(
      'host_not_allowed',
      `The host ${name} is not among those that may be connected to.`,
      'Ask the operator to add it to SQL_ALLOWED_HOSTS.',
    );
  }
  const addresses = await lookup(name, { all: true }).catch((cause: unknown) => {
    throw dataError('host_unknown', `The host ${name} has no address.`, 'Check the spelling of the host name.', cause);
  });
  // One forbidden address among several is how a name is made to slip through.
  const forbidden = addresses.find(({ address }) => isRefused(address));
  const first = addresses[0];
  if (forbidden || first === undefined) {
    throw dataError(
      'host_not_allowed',
      `The host ${name} leads to an address that is not allowed.`,
      "Use the database server's own name or address.",
    );
  }
  return first.address;
}

/** Whether an address is in a range that is never connected to, in any of its notations. */
export function isRefused(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  if (isIP(plain) === 4) return refused.check(plain, 'ipv4');
  if (isIP(plain) === 0) return true;
  const inner = embeddedIpv4(plain);
  return refused.check(plain, 'ipv6') || (inner !== undefined && refused.check(inner, 'ipv4'));
}

function embeddedIpv4(address: string): string | undefined {
  for (const carrier of CARRIERS) {
    const match = carrier.exec(address);
    if (match) return match[1];
  }
  const groups = expand(address);
  const leading = groups.slice(0, 5).every((group) => group === 0);
  // ::1 is this machine, not 0.0.0.1.
  const mapped = leading && (groups[5] === 0xffff || (groups[5] === 0 && groups[6] !== 0));
  const translated = groups[0] === 0x64 && groups[1] === 0xff9b;
  if (mapped || translated) return dotted(groups[6] as number, groups[7] as number);
  return groups[0] === 0x2002 ? dotted(groups[1] as number, groups[2] as number) : undefined;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address. */
function expand(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? '')];
  return [...before, ...Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0), ...after];
}
