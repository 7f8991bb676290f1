import { missingForDocker, dockerServices } from './docker-services.js';
import { embeddedServices, hasEmbeddedData } from './embedded-services.js';
import { externalAddresses, externalServices } from './external-services.js';
import { stderrLog, type Log } from './progress.js';
import { explainFileFault, ProgramsUnavailableError, reasonOf, ServicesError } from './services-error.js';
import type { ServiceAddresses, ServicesProvider, Shell } from './services-provider.js';
import { readState, type ProviderName } from './services-state.js';

export interface ServicesOptions {
  /** Root folder of the repository: `.data/` and infra/docker-compose.yml are below it. */
  root: string;
  /** Takes the lines of progress. Default: standard error. */
  log?: Log;
  /** Insists on one provider. Default: the environment variable SERVICES_PROVIDER, else the first that is possible. */
  provider?: ProviderName;
  /**
   * Where REDIS_URL, DATABASE_URL, SERVICES_PROVIDER, and the preferred ports REDIS_PORT and POSTGRES_PORT are read. Default: the
   * environment of this process.
   */
  env?: NodeJS.ProcessEnv;
}

export interface RunningServices {
  provider: ProviderName;
  redisUrl: string;
  /** The owner's address of database `analytics`. */
  databaseUrl: string;
  /** Both servers were running before the call. */
  alreadyRunning: boolean;
  /** Stops both in an orderly way, whoever started them; does nothing to external servers. */
  stop(): Promise<void>;
}

const WAYS =
  'Do one of these: (1) set REDIS_URL and DATABASE_URL to a Redis 7 and a PostgreSQL 16 with TimescaleDB of your own; ' +
  '(2) install and start Docker with its compose plugin; ' +
  '(3) use Debian 12 or 13 with apt, whose packages are then fetched for this user only.';

/**
 * Brings up Redis and TimescaleDB and resolves when both answer. The first of these that is possible: servers named by REDIS_URL and
 * DATABASE_URL; servers with data from an earlier embedded run; Docker; embedded servers. Calling it again finds the running ones.
 * Rejects with a ServicesError whose message is for people.
 */
export async function startServices(options: ServicesOptions): Promise<RunningServices> {
  return explained(async () => {
    const log = options.log ?? stderrLog;
    const insisted = insistedProvider(options);
    if (insisted !== undefined || externalAddresses(envOf(options)) !== undefined) return running(await providerFor(options));
    const state = readState(options.root);
    const dockerFault =
      state?.provider !== 'docker' && hasEmbeddedData(options.root) ? 'data of embedded servers is here' : await missingForDocker();
    if (dockerFault === undefined) {
      try {
        return await running(dockerServices(options.root, log, envOf(options)));
      } catch (error) {
        if (!(error instanceof ServicesError)) throw error;
        log(`services: ${error.message}; trying without Docker`);
      }
    } else if (state?.provider === 'docker') {
      log(`services: ${dockerFault}, so the data of the last run (in Docker's volumes) is out of reach; starting with data of its own`);
    }
    return running(embeddedServices(options.root, log, envOf(options))).catch((error: unknown) => {
      if (!(error instanceof ProgramsUnavailableError)) throw error;
      throw new ServicesError(
        `Redis and TimescaleDB cannot be provided: REDIS_URL and DATABASE_URL are not set; ${dockerFault ?? 'docker compose failed'}; ` +
          `for Debian's packages, ${error.message}. ${WAYS}`,
        { cause: error },
      );
    });
  });
}

/** What runs, without changing anything. A service that does not run has no address. */
export async function servicesStatus(options: ServicesOptions): Promise<ServiceAddresses & { provider: ProviderName }> {
  return explained(async () => {
    const provider = await providerFor(options);
    return { provider: provider.name, ...(await provider.status()) };
  });
}

/**
 * Stops what an earlier call started, also in another process, and tells whose servers they were. Does nothing when nothing runs or they
 * are external.
 */
export async function stopServices(options: ServicesOptions): Promise<ProviderName> {
  return explained(async () => {
    const provider = await providerFor(options);
    await provider.stop();
    return provider.name;
  });
}

/** Stops the services and deletes all their data. Rejects for external servers. */
export async function resetServices(options: ServicesOptions): Promise<void> {
  return explained(async () => (await providerFor(options)).reset());
}

/** Runs psql or redis-cli on this terminal, connected to the running services. Resolves with its exit code. */
export async function openShell(program: Shell, args: readonly string[], options: ServicesOptions): Promise<number> {
  return explained(async () => {
    const child = await (await providerFor(options)).shell(program, args);
    return new Promise<number>((resolve, reject) => {
      child.on('error', (error) => reject(new ServicesError(`${program} could not be started: ${reasonOf(error)}`, { cause: error })));
      child.on('exit', (code) => resolve(code ?? 1));
    });
  });
}

const envOf = (options: ServicesOptions): NodeJS.ProcessEnv => options.env ?? process.env;

function insistedProvider(options: ServicesOptions): ProviderName | undefined {
  const name = options.provider ?? envOf(options)['SERVICES_PROVIDER'];
  if (!name) return undefined;
  if (name === 'external' || name === 'docker' || name === 'embedded') return name;
  throw new ServicesError(`SERVICES_PROVIDER is "${name}", but must be external, docker or embedded.`);
}

/** The provider insisted on, else the external one, else the one of the last run. */
async function providerFor(options: ServicesOptions): Promise<ServicesProvider> {
  const log = options.log ?? stderrLog;
  const insisted = insistedProvider(options);
  const external = insisted === undefined || insisted === 'external' ? externalAddresses(envOf(options)) : undefined;
  const name = insisted ?? (external ? 'external' : readState(options.root)?.provider) ?? 'embedded';
  if (name === 'embedded') return embeddedServices(options.root, log, envOf(options));
  if (name === 'external') {
    if (external === undefined) throw new ServicesError('The external provider needs REDIS_URL and DATABASE_URL.');
    return externalServices(external, log);
  }
  const fault = await missingForDocker();
  if (fault !== undefined) throw new ServicesError(`Docker is needed here (SERVICES_PROVIDER, or the last run used it), but ${fault}.`);
  return dockerServices(options.root, log, envOf(options));
}

async function running(provider: ServicesProvider): Promise<RunningServices> {
  return { provider: provider.name, ...(await provider.up()), stop: () => provider.stop() };
}

async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainFileFault(error);
  }
}
