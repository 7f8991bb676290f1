import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DEBIAN_SUITE = /^(?:bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable)$/;
const DEBIAN_KEYRING = /debian-archive/;
// Third parties (cloud SDKs, PostgreSQL's own archive) also use Debian's suite names or add a suffix; a Debian archive is signed by
// Debian's keyring or says so in its path.
const DEBIAN_PATH = /\/debian\/?$/;

interface AptEntry {
  uris: string[];
  suites: string[];
  components: string[];
  signedBy: string;
}

const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter(Boolean);

function parseDeb822(text: string): AptEntry[] {
  return text
    .split(/\n\s*\n/)
    .map((stanza) => {
      const fields = new Map<string, string>();
      for (const line of stanza
        .replaceAll(/^#.*\n?/gm, '')
        .replaceAll(/\n[ \t]+/g, ' ')
        .split('\n')) {
        const colon = line.indexOf(':');
        if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
      }
      const usable = words(fields.get('types')).includes('deb') && fields.get('enabled')?.toLowerCase() !== 'no';
      return {
        uris: usable ? words(fields.get('uris')) : [],
        suites: words(fields.get('suites')),
        components: words(fields.get('components')),
        signedBy: fields.get('signed-by') ?? '',
      };
    })
    .filter((entry) => entry.uris.length > 0);
}

function parseOneLine(text: string): AptEntry[] {
  return [...text.matchAll(/^[ \t]*deb[ \t]+(?:\[([^\]]*)\][ \t]*)?(\S+)[ \t]+(\S+)[ \t]+([^#\n]*)/gm)].map((match) => ({
    uris: [match[2] ?? ''],
    suites: [match[3] ?? ''],
    components: words(match[4]),
    signedBy: /signed-by=(\S+)/.exec(match[1] ?? '')?.[1] ?? '',
  }));
}

/** The address of the Debian archive named in the text of an apt sources file (`.sources` or `.list`), or undefined when it names none. */
export function debianMirrorIn(text: string, format: 'deb822' | 'one-line'): string | undefined {
  const entries = format === 'deb822' ? parseDeb822(text) : parseOneLine(text);
  const entry = entries.find(
    ({ uris, suites, components, signedBy }) =>
      components.includes('main') &&
      suites.some((suite) => DEBIAN_SUITE.test(suite)) &&
      (DEBIAN_KEYRING.test(signedBy) || uris.some((uri) => DEBIAN_PATH.test(uri))),
  );
  return entry?.uris[0];
}

/**
 * The mirror this machine takes Debian's packages from: `DEBIAN_MIRROR`, else the first one in apt's sources. Undefined on other systems.
 */
export function findDebianMirror(env: NodeJS.ProcessEnv = process.env, aptFolder = '/etc/apt'): string | undefined {
  if (env['DEBIAN_MIRROR']) return env['DEBIAN_MIRROR'];
  const parts = join(aptFolder, 'sources.list.d');
  const files = [join(aptFolder, 'sources.list'), ...list(parts).map((name) => join(parts, name))];
  for (const file of files) {
    if (!/\.(?:list|sources)$/.test(file)) continue;
    const mirror = debianMirrorIn(read(file), file.endsWith('.sources') ? 'deb822' : 'one-line');
    if (mirror !== undefined) return mirror;
  }
  return undefined;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
