import { type AutomlError } from '../../contracts/failure';
import { isRefused, pinnedAddress } from './addresses';

async function codeOf(host: string, allowed: string[] = []): Promise<string> {
  return pinnedAddress(host, allowed).then(
    () => 'accepted',
    (error: AutomlError) => error.failure.code,
  );
}

describe('addresses', () => {
  it.each([
    ['169.254.169.254', true],
    ['::ffff:169.254.169.254', true],
    ['::ffff:a9fe:a9fe', true],
    ['64:ff9b::a9fe:a9fe', true],
    ['2002:a9fe:a9fe::1', true],
    ['fe80::1', true],
    ['fe80::1%eth0', true],
    ['fd00:ec2::254', true],
    ['100.100.100.200', true],
    ['0.0.0.0', true],
    ['::', true],
    ['224.0.0.1', true],
    ['ff02::1', true],
    ['255.255.255.255', true],
    ['no address', true],
    ['127.0.0.1', false],
    ['::1', false],
    ['10.1.2.3', false],
    ['192.168.0.10', false],
    ['8.8.8.8', false],
    ['fd12:3456::1', false],
    ['2001:db8::1', false],
  ])('%s is refused: %s', (address, refused) => {
    expect(isRefused(address)).toBe(refused);
  });

  it('lets an empty list mean every host but the refused ranges', async () => {
    expect(await pinnedAddress('127.0.0.1', [])).toBe('127.0.0.1');
    expect(await pinnedAddress('[::1]', [])).toBe('::1');
    expect(await codeOf('169.254.169.254')).toBe('host_not_allowed');
    expect(await codeOf('0x7f000001/x')).toBe('host_not_allowed');
    expect(await codeOf('/var/run/postgresql')).toBe('host_not_allowed');
  });

  it('lets a list mean its hosts only, never the refused ranges', async () => {
    expect(await pinnedAddress('LOCALHOST', ['localhost'])).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(await codeOf('127.0.0.1', ['localhost'])).toBe('host_not_allowed');
    expect(await codeOf('169.254.169.254', ['169.254.169.254'])).toBe('host_not_allowed');
  });
});
