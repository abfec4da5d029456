import { expect, it } from 'vitest';
import { installCommandFor } from './install-command.ts';

it.each([
  ['darwin', '', 'brew install valkey'],
  ['win32', '', expect.stringContaining('wsl --install')],
  ['linux', 'PRETTY_NAME="Debian"\nID=debian\n', 'sudo apt-get install redis-server'],
  ['linux', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'sudo apt-get install redis-server'],
  ['linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'sudo dnf install valkey'],
  ['linux', 'ID=alpine\n', 'sudo apk add valkey'],
  ['linux', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'sudo zypper install valkey'],
  ['linux', '', expect.stringContaining('https://')],
] as const)('gives one command for %s with %j', (platform, osRelease, line) => {
  expect(installCommandFor(platform, osRelease)).toEqual(line);
});
