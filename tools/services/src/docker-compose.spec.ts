import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMAGES } from './docker-cli.js';
import { ownerUrl } from './postgres-server.js';

const compose = readFileSync(join(__dirname, '../../../infra/docker-compose.yml'), 'utf8');
const valueOf = (key: string) => new RegExp(`^\\s*${key}: (.*)$`, 'm').exec(compose)?.[1];

describe('infra/docker-compose.yml', () => {
  it('names the images private containers use', () => {
    expect([...compose.matchAll(/^\s*image: (.*)$/gm)].map((match) => match[1])).toEqual([IMAGES.redis, IMAGES.postgres]);
  });

  it('makes the database and owner that embedded servers have', () => {
    const url = new URL(ownerUrl(5432));
    expect([valueOf('POSTGRES_USER'), valueOf('POSTGRES_PASSWORD'), valueOf('POSTGRES_DB')]).toEqual([
      url.username,
      url.password,
      url.pathname.slice(1),
    ]);
  });

  it('publishes ports on loopback only', () => {
    const ports = [...compose.matchAll(/^\s*ports: \['(.*)'\]$/gm)].map((match) => match[1]);
    expect(ports).toHaveLength(2);
    expect(ports.every((port) => port?.startsWith('127.0.0.1:'))).toBe(true);
  });
});
