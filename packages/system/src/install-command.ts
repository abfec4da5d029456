import { readFile } from 'node:fs/promises';

export type Software = 'redis' | 'postgresql';

/** Matches ID or ID_LIKE of /etc/os-release. https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
const LINUX: Array<[RegExp, Record<Software, string>]> = [
  [/\b(debian|ubuntu)\b/, both('sudo apt-get install', 'redis-server', 'postgresql')],
  [/\b(fedora|rhel|centos|amzn)\b/, both('sudo dnf install', 'valkey', 'postgresql-server')],
  [/\balpine\b/, both('sudo apk add', 'valkey', 'postgresql')],
  [/\barch\b/, both('sudo pacman -S', 'valkey', 'postgresql')],
  [/\bsuse\b/, both('sudo zypper install', 'valkey', 'postgresql-server')],
  [/\bnixos\b/, both('nix-shell -p', 'valkey', 'postgresql')],
];
const MACOS = both('brew install', 'valkey', 'postgresql@17');
const FREEBSD = both('sudo pkg install', 'valkey', 'postgresql18-server');
const ELSEWHERE = both('see', 'https://valkey.io/download/', 'https://www.postgresql.org/download/');

/**
 * The command that installs a server. On Windows the systems run in WSL (the Windows Subsystem for Linux), where the
 * platform is Linux.
 */
export function installCommandFor(software: Software, platform: NodeJS.Platform, osRelease: string): string {
  if (platform === 'darwin') return MACOS[software];
  if (platform === 'win32') return 'wsl --install --distribution Debian    (then work in there)';
  if (platform === 'freebsd') return FREEBSD[software];
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?=["']?([^"'\n]*)/gm)].map((match) => match[1]).join(' ');
  return (LINUX.find(([id]) => id.test(ids))?.[1] ?? ELSEWHERE)[software];
}

export async function installCommand(software: Software): Promise<string> {
  return installCommandFor(software, process.platform, await readFile('/etc/os-release', 'utf8').catch(() => ''));
}

function both(command: string, redis: string, postgresql: string): Record<Software, string> {
  return { redis: `${command} ${redis}`, postgresql: `${command} ${postgresql}` };
}
