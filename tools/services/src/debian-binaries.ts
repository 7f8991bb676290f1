import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDebianMirror } from './debian-mirror.js';
import { run, type Finished } from './process-probe.js';
import { ProgramsUnavailableError, ServicesError } from './services-error.js';
import type { ServerBinaries } from './system-binaries.js';

/** The Debian release whose archive holds PostgreSQL 17 with TimescaleDB 2.19 and Redis 8. */
export const DEBIAN_SUITE = 'trixie';
const POSTGRES_MAJOR = 17;
const PACKAGES = [`postgresql-${POSTGRES_MAJOR}-timescaledb`, 'redis-server', 'patchelf'];
const KEYRINGS = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp'];
const NEEDED_MB = 700;

const LOADERS: Record<string, { triplet: string; loader: string }> = {
  x64: { triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

// LLVM (only for the JIT, which is switched off), perl, locales and what only a booting system needs: more than half of the 425 MB.
const NOT_UNPACKED =
  /^(?:libllvm|libz3|perl|libperl|locales|libc-l10n|login|passwd|adduser|procps|openssl-provider|util-linux|mount|sysv|init-)/;
const NOT_KEPT = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/i18n',
  'usr/share/perl5',
  `usr/lib/postgresql/${POSTGRES_MAJOR}/lib/bitcode`,
];
const PARALLEL_UNPACKS = 4;

/** Where an unpacked root has its programs. */
export function binariesIn(root: string): ServerBinaries {
  return {
    postgresBin: join(root, `usr/lib/postgresql/${POSTGRES_MAJOR}/bin`),
    postgresMajor: POSTGRES_MAJOR,
    redisServer: join(root, 'usr/bin/redis-server'),
    redisCli: join(root, 'usr/bin/redis-cli'),
  };
}

/**
 * What this machine lacks for fetching Debian's packages, in words; empty when nothing is missing. `folder` is where they would be
 * unpacked.
 */
export async function missingForDebian(folder: string): Promise<string[]> {
  if (process.platform !== 'linux') return [`Linux (this is ${process.platform})`];
  const missing: string[] = [];
  if (LOADERS[process.arch] === undefined) missing.push(`a 64-bit x86 or ARM processor (this is ${process.arch})`);
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if ((await run(tool, ['--version'])).code !== 0) missing.push(tool);
  }
  if (keyring() === undefined) missing.push(`Debian's archive keyring (${KEYRINGS[0]})`);
  if (findDebianMirror() === undefined) missing.push("a Debian mirror (none in apt's sources; DEBIAN_MIRROR names one)");
  const { bavail, bsize } = statfsSync(folder);
  const freeMb = Math.floor((bavail * bsize) / 2 ** 20);
  if (freeMb < NEEDED_MB) missing.push(`disk space (${NEEDED_MB} MB needed for ${folder}, ${freeMb} MB free)`);
  return missing;
}

/**
 * Fetches Debian's signed packages with a private apt (own lists, cache and empty status: the system is not touched),
 * unpacks them below `folder`/root and makes the programs use the unpacked C library. `folder` must exist and be empty.
 * The programs run only after `folder` was renamed to `target`: paths inside them are absolute.
 */
export async function fetchDebianBinaries(folder: string, target: string): Promise<void> {
  const archives = await download(join(folder, 'apt'));
  const root = join(folder, 'root');
  mkdirSync(root);
  const queue = readdirSync(archives).filter((name) => name.endsWith('.deb') && !NOT_UNPACKED.test(name));
  const unpackNext = async (): Promise<void> => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      must(await run('dpkg-deb', ['-x', join(archives, name), root]), `unpacking ${name}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_UNPACKS }, unpackNext));
  for (const path of NOT_KEPT) rmSync(join(root, path), { recursive: true, force: true });
  rmSync(join(folder, 'apt'), { recursive: true, force: true });
  await useUnpackedLibraries(root, join(target, 'root'));
}

function keyring(): string | undefined {
  return KEYRINGS.find((path) => existsSync(path));
}

async function download(folder: string): Promise<string> {
  const path = (name: string) => join(folder, name);
  for (const name of ['lists/partial', 'cache/archives/partial', 'state']) mkdirSync(path(name), { recursive: true });
  writeFileSync(path('status'), '');
  writeFileSync(path('sources.list'), `deb [signed-by=${keyring()}] ${findDebianMirror()} ${DEBIAN_SUITE} main\n`);
  // A file given with -c is read after the machine's own configuration (proxies stay), and can clear its hooks, which would touch the
  // system.
  const config = [
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '#clear DPkg::Post-Invoke;',
    '#clear DPkg::Pre-Install-Pkgs;',
    '#clear Acquire::IndexTargets::deb::DEP-11;',
    `Dir::State "${path('state')}";`,
    `Dir::State::status "${path('status')}";`,
    `Dir::State::lists "${path('lists')}";`,
    `Dir::Cache "${path('cache')}";`,
    `Dir::Etc::sourcelist "${path('sources.list')}";`,
    'Dir::Etc::sourceparts "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    'APT::Install-Recommends "false";',
    'APT::Install-Suggests "false";',
    'APT::Keep-Downloaded-Packages "true";',
    'Acquire::Languages "none";',
    'Acquire::Retries "3";',
    // A mirror that cannot be read is an error, not a warning.
    'APT::Update::Error-Mode "any";',
  ];
  writeFileSync(path('apt.conf'), `${config.join('\n')}\n`);
  const apt = (...args: string[]) =>
    run('apt-get', ['-c', path('apt.conf'), '-q', ...args], { env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' } });
  must(await apt('update'), `reading the package lists of ${findDebianMirror()}`);
  must(await apt('install', '--download-only', '-y', ...PACKAGES), `fetching ${PACKAGES.join(', ')} from ${findDebianMirror()}`);
  return path('cache/archives');
}

async function useUnpackedLibraries(root: string, finalRoot: string): Promise<void> {
  const { triplet, loader } = LOADERS[process.arch] ?? { triplet: '', loader: '' };
  const libraries = join(root, 'usr/lib', triplet);
  const finalLibraries = join(finalRoot, 'usr/lib', triplet);
  const { postgresBin, redisServer, redisCli } = binariesIn(root);
  const programs = [...['postgres', 'initdb', 'psql'].map((name) => join(postgresBin, name)), redisServer, redisCli];
  // --force-rpath: RUNPATH is not passed on to the libraries' own libraries.
  const patches = ['--set-interpreter', join(finalLibraries, loader), '--force-rpath', '--set-rpath', finalLibraries];
  for (const program of programs) {
    must(
      await run(join(libraries, loader), ['--library-path', libraries, join(root, 'usr/bin/patchelf'), ...patches, program]),
      `patching ${program}`,
    );
  }
}

function must(finished: Finished, doing: string): void {
  if (finished.code === 0) return;
  if (/No space left on device/.test(finished.stderr))
    throw new ServicesError(`The disk became full while ${doing}. About ${NEEDED_MB} MB are needed.`);
  const lines = finished.stderr.split('\n').filter((line) => line.trim() !== '');
  throw new ProgramsUnavailableError(`${doing} failed: ${lines.slice(-3).join(' ') || `exit code ${finished.code}`}`);
}
