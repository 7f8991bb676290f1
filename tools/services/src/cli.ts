import { reasonOf, ServicesError } from './services-error.js';
import { openShell, resetServices, servicesStatus, startServices, stopServices } from './services.js';

const USAGE = `usage: npm run services -- <command>
  up          start Redis and TimescaleDB and print their addresses
  down        stop them; the data stays
  status      say what runs
  reset       stop them and delete their data
  psql        look inside the database (arguments go to psql)
  redis-cli   look inside Redis (arguments go to redis-cli)`;

const root = process.cwd();
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const EXTERNAL = 'REDIS_URL and DATABASE_URL name servers of your own: nothing was stopped.';
const LOOK_INSIDE = 'look inside: npm run services -- psql\n             npm run services -- redis-cli';

async function up(): Promise<void> {
  const { provider, redisUrl, databaseUrl, alreadyRunning } = await startServices({ root });
  print(`redis       ${redisUrl}`);
  print(`timescaledb ${databaseUrl}`);
  print(`provider    ${provider}${alreadyRunning ? ' (was running already)' : ''}`);
  print(LOOK_INSIDE);
}

async function status(): Promise<void> {
  const { provider, redisUrl, databaseUrl, dataFolder } = await servicesStatus({ root });
  print(`redis       ${redisUrl ?? 'not running'}`);
  print(`timescaledb ${databaseUrl ?? 'not running'}`);
  print(`provider    ${provider}`);
  if (dataFolder !== undefined) print(`data        ${dataFolder}`);
}

async function main([command, ...args]: string[]): Promise<number> {
  switch (command) {
    case 'up':
      await up();
      return 0;
    case 'status':
      await status();
      return 0;
    case 'down':
      print((await stopServices({ root })) === 'external' ? EXTERNAL : 'Redis and TimescaleDB are stopped; their data stays.');
      return 0;
    case 'reset':
      await resetServices({ root });
      print('Redis and TimescaleDB are stopped and their data is deleted.');
      return 0;
    case 'psql':
    case 'redis-cli':
      return openShell(command, args, { root });
    default:
      process.stderr.write(`${USAGE}\n`);
      return command === undefined || command === 'help' || command === '--help' ? 0 : 1;
  }
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof ServicesError ? reasonOf(error) : ((error as Error).stack ?? reasonOf(error))}\n`);
    process.exitCode = 1;
  },
);
